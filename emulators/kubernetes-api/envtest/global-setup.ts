import { startTemporaryControlPlane } from './start-temporary-control-plane.ts'

let running: Awaited<ReturnType<typeof startTemporaryControlPlane>> | undefined

/** Starts one real control plane for all test files, which find it as any cluster: by CONFORMANCE_KUBECONFIG. */
export async function setup(): Promise<void> {
  running = await startTemporaryControlPlane()
  // The processes of the test files inherit it.
  process.env.CONFORMANCE_KUBECONFIG = running.kubeconfig
}

/** Stops the control plane and removes its data. */
export async function teardown(): Promise<void> {
  await running?.stop()
}
