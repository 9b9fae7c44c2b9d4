import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Api, connect } from './connect.ts'
import { createKubectl, type Kubectl } from './create-kubectl.ts'

let api: Api
let kubectl: Kubectl['run']
let stop: () => Promise<void>
beforeAll(async () => {
  api = await connect()
  const made = await createKubectl(api)
  kubectl = made.run
  stop = made.stop
})
afterAll(async () => {
  await stop()
  await api.stop()
})

describe('kubectl', () => {
  it('applies on the server, and reports conflicts', async () => {
    const map = 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: settings}\ndata: {a: "1"}\n'
    expect((await kubectl('apply --server-side -f -', map)).out).toBe(
      'configmap/settings serverside-applied\n',
    )
    const refused = await kubectl('apply --server-side --field-manager=other -f -', map.replace('"1"', '"2"'))
    expect(refused.err).toContain('conflict with "kubectl"')
    expect(
      (
        await kubectl(
          'apply --server-side --field-manager=other --force-conflicts -f -',
          map.replace('"1"', '"2"'),
        )
      ).code,
    ).toBe(0)
  })

  it('takes over on the server the fields that it applied as a client, except replicas scaled since', async () => {
    const alone = (replicas: number) =>
      `apiVersion: apps/v1
kind: Deployment
metadata: {name: moved}
spec:
  replicas: ${replicas}
  selector: {matchLabels: {app: moved}}
  template: {metadata: {labels: {app: moved}}, spec: {containers: [{name: web, image: "registry.k8s.io/pause:3.9"}]}}
`
    await kubectl('apply -f -', alone(0))
    const moved = await kubectl('apply --server-side -f -', alone(1))
    expect(moved.out, moved.err).toBe('deployment.apps/moved serverside-applied\n')
    await kubectl('scale deployment moved --replicas=2')
    const { code, err } = await kubectl('apply --server-side -f -', alone(1))
    expect(code).toBe(1)
    expect(err).toMatch(/conflict with "kubectl" with subresource "scale" using apps\/v1.*: \.spec\.replicas/)
    await kubectl('delete deployment moved')
  })

  // kubectl 1.32 and later sends these as protobuf.
  it('creates without a manifest', async () => {
    const run = async (line: string) => (await kubectl(line)).out.trim()
    expect(await run('create deployment quick --image=registry.k8s.io/pause:3.9 --port=8080')).toBe(
      'deployment.apps/quick created',
    )
    expect(await run('create configmap words --from-literal=hello=world')).toBe('configmap/words created')
    expect(await run('create secret generic hidden --from-literal=key=välue')).toBe('secret/hidden created')
    expect(await run('create job once --image=registry.k8s.io/pause:3.9')).toBe('job.batch/once created')
    expect(await run('autoscale deployment quick --max=3 --cpu-percent=60')).toBe(
      'horizontalpodautoscaler.autoscaling/quick autoscaled',
    )
    expect(await run('expose deployment quick --port=80 --target-port=8080')).toBe('service/quick exposed')
    expect(await run("get secret hidden -o jsonpath='{.data.key}'")).toBe(
      Buffer.from('välue').toString('base64'),
    )
    expect(await run("get configmap words -o jsonpath='{.data.hello}'")).toBe('world')
    expect(
      await run(
        "get deployment quick -o jsonpath='{.spec.template.spec.containers[0].ports[0].containerPort}'",
      ),
    ).toBe('8080')
    expect(
      await run('delete deploy,svc,job,hpa,configmap,secret quick once words hidden --ignore-not-found'),
    ).toContain('deployment.apps "quick" deleted')
  })
})
