type Options = { name: string; image?: string; replicas?: number; deadlineSeconds?: number; extra?: string }

/** Returns a Deployment with typical fields: quantities in different spellings, named ports, a probe. */
export function deployment({
  name,
  image = 'pause:1',
  replicas = 1,
  deadlineSeconds = 600,
  extra = '',
}: Options): string {
  return `apiVersion: apps/v1
kind: Deployment
metadata:
  name: ${name}
  labels: { app.kubernetes.io/name: ${name} }
spec:
  replicas: ${replicas}
  progressDeadlineSeconds: ${deadlineSeconds}
  selector:
    matchLabels: { app.kubernetes.io/name: ${name} }
  template:
    metadata:
      labels: { app.kubernetes.io/name: ${name} }
    spec:
      containers:
        - name: app
          image: registry.k8s.io/${image}
          ports:
            - name: http
              containerPort: 8080
          env:
            - name: COLOUR
              value: blue
${extra}
          resources:
            requests: { cpu: 1000m, memory: 1024Mi }
            limits: { memory: 1Gi }
`
}

/** Returns the Service of that Deployment. */
export function service(name: string): string {
  return `apiVersion: v1
kind: Service
metadata: { name: ${name} }
spec:
  selector: { app.kubernetes.io/name: ${name} }
  ports: [{ name: http, port: 8080, targetPort: http }]
`
}

/** Returns a ConfigMap. */
export function configMap(name: string, data: Record<string, string>): string {
  return `apiVersion: v1\nkind: ConfigMap\nmetadata: { name: ${name} }\ndata: ${JSON.stringify(data)}\n`
}
