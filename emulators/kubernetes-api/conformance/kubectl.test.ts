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

const MANIFEST = `
apiVersion: apps/v1
kind: Deployment
metadata:
  name: shop
  labels: {app: shop}
  annotations: {kubernetes.io/change-cause: first}
spec:
  replicas: 2
  selector: {matchLabels: {app: shop}}
  template:
    metadata: {labels: {app: shop}}
    spec:
      terminationGracePeriodSeconds: 1
      containers:
      - name: web
        image: registry.k8s.io/pause:3.9
        ports: [{name: http, containerPort: 8080}]
        env: [{name: MODE, value: plain}]
---
apiVersion: v1
kind: Service
metadata: {name: shop}
spec: {selector: {app: shop}, ports: [{port: 80, targetPort: http}]}
`

async function rolledOut() {
  const { code, out, err } = await kubectl('rollout status deployment/shop --timeout=20s')
  expect(code, err).toBe(0)
  return out
}

describe('kubectl', () => {
  it('applies, and reports unchanged objects', async () => {
    expect((await kubectl('apply -f -', MANIFEST)).out).toBe(
      'deployment.apps/shop created\nservice/shop created\n',
    )
    expect(await rolledOut()).toContain('deployment "shop" successfully rolled out')
    expect((await kubectl('apply -f -', MANIFEST)).out).toBe(
      'deployment.apps/shop unchanged\nservice/shop unchanged\n',
    )
  })

  it('prints tables, JSON paths and several kinds at once', async () => {
    const { out } = await kubectl('get deployments')
    expect(out).toMatch(/^NAME\s+READY\s+UP-TO-DATE\s+AVAILABLE\s+AGE\nshop\s+2\/2\s+2\s+2\s+\d+s\n$/)
    expect((await kubectl('get pods --no-headers')).out).toMatch(
      /^(shop-\S+\s+1\/1\s+Running\s+0\s+\d+s\n){2}$/,
    )
    expect((await kubectl('get deploy,rs,svc -o name')).out).toMatch(
      /^deployment.apps\/shop\nreplicaset.apps\/shop-\S+\nservice\/shop\n$/,
    )
    expect(
      (await kubectl("get deploy shop -o jsonpath='{.spec.template.spec.containers[*].image}'")).out,
    ).toBe('registry.k8s.io/pause:3.9')
    expect((await kubectl('get nothing')).err).toContain('the server doesn\'t have a resource type "nothing"')
    expect((await kubectl('get deploy absent')).err.trim()).toBe(
      'Error from server (NotFound): deployments.apps "absent" not found',
    )
  })

  it('describes with conditions and events', async () => {
    const { out } = await kubectl('describe deployment shop')
    expect(out).toMatch(/Replicas:\s+2 desired \| 2 updated \| 2 total \| 2 available \| 0 unavailable/)
    expect(out).toMatch(/Available\s+True\s+MinimumReplicasAvailable/)
    expect(out).toMatch(
      /Normal\s+ScalingReplicaSet .*deployment-controller\s+Scaled up replica set shop-\S+ from 0 to 2/,
    )
    expect((await kubectl('describe pods')).out).toMatch(/Normal\s+Scheduled .*Successfully assigned/)
    expect((await kubectl('describe replicaset')).out).toMatch(/Created pod: shop-\S+\n.*Created pod: shop-/)
    expect((await kubectl('describe service shop')).out).toMatch(/Endpoints:\s+\S+:8080,\S+:8080/)
  })

  it('shows a diff without applying it', async () => {
    const { code, out } = await kubectl('diff -f -', MANIFEST.replace('pause:3.9', 'pause:3.10'))
    expect(code).toBe(1)
    expect(out).toMatch(/^-\s+image: registry.k8s.io\/pause:3.9$/m)
    expect(out).toMatch(/^\+\s+image: registry.k8s.io\/pause:3.10$/m)
    expect((await kubectl('diff -f -', MANIFEST)).code).toBe(0)
  })

  it('rolls out, lists the history, and undoes the rollout', async () => {
    const second = MANIFEST.replace('pause:3.9', 'pause:3.10').replace(
      'change-cause: first',
      'change-cause: second',
    )
    await kubectl('apply -f -', second)
    await rolledOut()
    expect((await kubectl('rollout history deployment/shop')).out).toMatch(/1\s+first\n2\s+second\n/)
    expect((await kubectl('rollout history deployment/shop --revision=1')).out).toContain('pause:3.9')
    expect((await kubectl('rollout undo deployment/shop')).out).toBe('deployment.apps/shop rolled back\n')
    await rolledOut()
    expect(
      (await kubectl("get deploy shop -o jsonpath='{.spec.template.spec.containers[0].image}'")).out,
    ).toBe('registry.k8s.io/pause:3.9')
    expect((await kubectl('rollout restart deployment/shop')).code).toBe(0)
    await rolledOut()
  })

  it('patches, scales, labels and annotates', async () => {
    await kubectl(
      `patch deployment shop -p '{"spec":{"template":{"spec":{"containers":[{"name":"web","env":[{"name":"EXTRA","value":"1"}]}]}}}}'`,
    )
    await kubectl(
      `patch deployment shop --type=json -p '[{"op":"add","path":"/spec/minReadySeconds","value":1}]'`,
    )
    await kubectl('scale deployment shop --replicas=3')
    await kubectl('label deployment shop team=blue')
    await kubectl('annotate deployment shop note=here')
    const shop = JSON.parse((await kubectl('get deployment shop -o json')).out)
    expect(shop.spec).toMatchObject({ replicas: 3, minReadySeconds: 1 })
    expect(
      shop.spec.template.spec.containers[0].env.map((variable: { name: string }) => variable.name).toSorted(),
    ).toEqual(['EXTRA', 'MODE'])
    expect(shop.metadata).toMatchObject({ labels: { team: 'blue' }, annotations: { note: 'here' } })
    expect((await kubectl('scale deployment shop --replicas=3 --current-replicas=9')).err).toContain(
      'Expected replicas to be 9, was 3',
    )
    await rolledOut()
  })

  it('reports the errors of a manifest', async () => {
    const bad = MANIFEST.split('---')[0] ?? ''
    const missing = await kubectl(
      'apply -f -',
      bad.replace('name: shop', 'name: bad').replace('        image: registry.k8s.io/pause:3.9\n', ''),
    )
    expect(missing.err).toContain('spec.template.spec.containers[0].image: Required value')
    const unknown = await kubectl('apply -f -', bad.replace('replicas: 2', 'replicaz: 2'))
    expect(unknown.code).toBe(1)
    // Older kubectl versions validate manifests on the client; newer ones leave it to the server.
    expect(unknown.err).toMatch(/unknown field "(spec\.)?replicaz"/)
  })

  it("reads logs through the kubelet of the pod's node", async context => {
    if (!api.hasTestNode) context.skip()
    expect((await kubectl('logs deployment/shop --tail=2')).out).toMatch(
      /web of conformance-\S+\/shop-\S+\nlast line\n$/,
    )
    const name = (await kubectl("get pods -o jsonpath='{.items[0].metadata.name}'")).out
    expect((await kubectl(`logs ${name} --previous`)).out).toBe('the run before\n')
    expect((await kubectl(`logs ${name} -f -c web`)).out).toContain('first line')
    expect((await kubectl(`logs ${name} -c other`)).err).toContain('container other is not valid for pod')
  })

  it('reports unsupported features with a workaround', async context => {
    if (api.isReal) context.skip()
    const pod = (await kubectl("get pods -o jsonpath='{.items[0].metadata.name}'")).out
    for (const line of [
      `exec ${pod} -- ls`,
      `attach ${pod}`,
      `port-forward ${pod} :8080`,
      `cp ${pod}:/x x`,
    ]) {
      const { code, err } = await kubectl(line)
      expect(code, line).toBe(1)
      expect(err, line).toContain('not supported by this emulator')
    }
    expect((await kubectl('auth can-i create pods --as=bob')).err).toContain(
      'impersonation (--as) is not supported by this emulator',
    )
    expect((await kubectl('create token default')).err).toContain(
      'service account tokens are not supported by this emulator',
    )
  })

  it('shows the usage of pods and nodes', async context => {
    if (api.isReal) context.skip()
    await api.request('POST', '/api/v1/namespaces', { metadata: { name: 'top' } })
    await api.request('POST', '/api/v1/namespaces/top/pods', {
      metadata: { name: 'greeter' },
      spec: { containers: [{ name: 'web', image: 'web:1' }] },
    })
    await api.until('/api/v1/namespaces/top/pods/greeter', pod => pod.status.phase === 'Running')
    expect((await kubectl('top pods -n top')).out).toMatch(/greeter\s+2[3-7]\dm\s+64Mi/)
    expect((await kubectl('top nodes')).out).toMatch(/test-node\s+[45]\d\dm\s+\d+%\s+1024Mi\s+\d+%/)
  })

  it('lists events, sorted if requested', async () => {
    const { out } = await kubectl('get events --sort-by=.metadata.creationTimestamp')
    expect(out).toMatch(/^LAST SEEN\s+TYPE\s+REASON\s+OBJECT\s+MESSAGE\n/)
    expect(out).toMatch(/Normal\s+SuccessfulCreate\s+replicaset\/shop-\S+\s+Created pod: shop-/)
  })

  it('waits for a condition, and checks permissions', async () => {
    expect((await kubectl('wait deployment/shop --for=condition=Available --timeout=10s')).out).toContain(
      'condition met',
    )
    expect((await kubectl('auth can-i delete pods')).out.trim()).toBe('yes')
  })

  it('deletes, and waits for the deletion', async () => {
    const { out, err } = await kubectl('delete -f - --timeout=20s', MANIFEST)
    expect(out, err).toMatch(/deployment.apps "shop" deleted.*\nservice "shop" deleted/)
    expect((await kubectl('get deploy,svc -o name')).out).toBe('')
    await api.until(api.core('pods'), ({ items }) => items.length === 0)
  })
})
