import { z } from 'zod'
import { publishImage } from '../platform/publish-image.ts'
import { imageOf, NAMESPACE } from '../platform/settings.ts'
import { defineFault } from './fault.ts'

/** A decoy: an unrelated workload in the namespace that burns CPU and logs alarming lines. */
export const noisyNeighbourFault = defineFault({
  params: z.strictObject({ name: z.string().default('importer') }),
  async inject({ name }, { cluster, kubernetes }) {
    const image = imageOf(name, '0.3.1')
    await publishImage(cluster.imagesDir, image, {
      command: ['node', 'sandbox/faults/neighbours/importer.ts'],
    })
    await kubernetes.create(`/apis/apps/v1/namespaces/${NAMESPACE}/deployments`, {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name, labels: { 'app.kubernetes.io/name': name } },
      spec: {
        replicas: 1,
        selector: { matchLabels: { 'app.kubernetes.io/name': name } },
        template: {
          metadata: { labels: { 'app.kubernetes.io/name': name } },
          spec: { containers: [{ name, image, resources: { limits: { memory: '128Mi' } } }] },
        },
      },
    })
  },
})
