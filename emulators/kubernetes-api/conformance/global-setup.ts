import { readKubeconfig } from '@goalixa/emulators-shared/kubernetes/read-kubeconfig'
import { startTemporaryControlPlane } from '../envtest/start-temporary-control-plane.ts'
import { runTestNode } from './run-test-node.ts'

const running: { stop(): Promise<void> }[] = []

/** Starts one real control plane with a test node for all test files, which find it by CONFORMANCE_KUBECONFIG. */
export async function setup(): Promise<void> {
  const controlPlane = await startTemporaryControlPlane()
  running.push(controlPlane)
  running.push(await runTestNode({ access: readKubeconfig(controlPlane.kubeconfig) }))
  // The processes of the test files inherit it.
  process.env.CONFORMANCE_KUBECONFIG = controlPlane.kubeconfig
  process.env.INSTALL_KUBECONFIG = controlPlane.kubeconfig
}

/** Stops both and removes their data. */
export async function teardown(): Promise<void> {
  for (const part of running.toReversed()) await part.stop()
}
