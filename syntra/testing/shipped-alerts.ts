type Labels = Record<string, string>

// What Prometheus' operator adds to each series of these targets. The exporters' own namespace is replaced where the series has one (honorLabels).
const SCRAPES = {
  'kube-state-metrics': target('kube-state-metrics', 'kps-kube-state-metrics', {
    pod: 'kps-kube-state-metrics-6c8f5d7b9-x2k4q',
    instance: '10.42.9.105:8080',
  }),
  kubelet: {
    job: 'kubelet',
    service: 'kps-kubelet',
    namespace: 'kube-system',
    endpoint: 'https-metrics',
    instance: '10.0.0.3:10250',
    metrics_path: '/metrics',
    node: 'worker-3',
  },
  'node-exporter': target('node-exporter', 'kps-prometheus-node-exporter', {
    pod: 'kps-prometheus-node-exporter-x7k2p',
    instance: 'worker-3',
  }),
  prometheus: target('prometheus-k8s', 'prometheus-k8s', { pod: 'prometheus-k8s-0' }, 'prometheus'),
  alertmanager: target(
    'alertmanager-main',
    'alertmanager-main',
    { pod: 'alertmanager-main-1' },
    'alertmanager',
  ),
  operator: target('prometheus-operator', 'prometheus-operator', {
    pod: 'prometheus-operator-5d9c7b6f48-k7m2x',
  }),
  etcd: {
    job: 'etcd',
    service: 'kps-kube-etcd',
    namespace: 'kube-system',
    endpoint: 'http-metrics',
    instance: '10.0.0.1:2381',
    pod: 'etcd-control-1',
  },
  apiserver: {
    job: 'apiserver',
    service: 'kubernetes',
    namespace: 'default',
    endpoint: 'https',
    instance: '10.0.0.1:6443',
  },
  // The rule aggregates away what the scrape adds.
  aggregated: {},
} as const satisfies Record<string, Labels>
type Scrape = keyof typeof SCRAPES

function target(job: string, service: string, own: Labels, container = job): Labels {
  return {
    job,
    service,
    container,
    namespace: 'monitoring',
    endpoint: 'http',
    instance: '10.42.1.7:8080',
    ...own,
  }
}

// Each line: alerts | labels of the series, or all labels where the rule aggregates | the subject.
const SHIPPED: Record<Scrape, string> = {
  'kube-state-metrics': `
    KubePodCrashLooping | namespace=backup pod=executor-svc-849ffcf9c7-wbmvz container=executor-svc reason=CrashLoopBackOff uid=5 | Pod backup/executor-svc-849ffcf9c7-wbmvz executor-svc of executor-svc
    KubeDeploymentGenerationMismatch KubeDeploymentReplicasMismatch | namespace=shop deployment=cart | Deployment shop/cart of cart
    KubeDeploymentRolloutStuck | namespace=shop deployment=cart condition=Progressing status=false | Deployment shop/cart of cart
    KubeStatefulSetReplicasMismatch KubeStatefulSetGenerationMismatch KubeStatefulSetUpdateNotRolledOut | namespace=data statefulset=postgres | StatefulSet data/postgres of postgres
    KubeDaemonSetRolloutStuck KubeDaemonSetNotScheduled KubeDaemonSetMisScheduled | namespace=kube-system daemonset=cilium | DaemonSet kube-system/cilium of cilium
    KubeContainerWaiting | namespace=shop pod=cart-7d5c9b8f66-xk7pq container=cart reason=ImagePullBackOff | Pod shop/cart-7d5c9b8f66-xk7pq cart of cart
    KubeJobFailed | namespace=batch job_name=report-29169240 condition=true | Job batch/report-29169240 of report
    KubeJobCompletion | namespace=batch job_name=migrate | Job batch/migrate of migrate
    KubeHpaReplicasMismatch KubeHpaMaxedOut | namespace=shop horizontalpodautoscaler=cart | HorizontalPodAutoscaler shop/cart
    KubePdbNotEnoughHealthyPods | namespace=shop poddisruptionbudget=cart | PodDisruptionBudget shop/cart
    KubeQuotaAlmostFull KubeQuotaFullyUsed KubeQuotaExceeded | namespace=shop resourcequota=team resource=cpu | Namespace shop
    KubePersistentVolumeErrors | persistentvolume=pvc-12 phase=Failed | PersistentVolume pvc-12
    KubeNodeNotReady KubeNodePressure | node=worker-3 condition=Ready status=true | Node worker-3
    KubeNodeUnreachable | node=worker-3 key=node.kubernetes.io/unreachable effect=NoSchedule | Node worker-3
    KubeCronJobRunning | namespace=batch cronjob=report schedule=daily | CronJob batch/report of report`,
  kubelet: `
    KubePersistentVolumeFillingUp KubePersistentVolumeInodesFillingUp KubePersistentVolumeUsageCritical KubePersistentVolumeFullInFourDays | namespace=data persistentvolumeclaim=data-postgres-0 | PersistentVolumeClaim data/data-postgres-0
    KubeletClientCertificateExpiration KubeletServerCertificateExpiration KubeletClientCertificateRenewalErrors KubeletServerCertificateRenewalErrors | | Node worker-3
    KubeletPodStartUpLatencyHigh | | Node worker-3
    ContainerCPUUsageHigh | namespace=shop pod=cart-7d5c9b8f66-xk7pq container=cart image=cart:1 name=k8s_cart | Pod shop/cart-7d5c9b8f66-xk7pq cart of cart`,
  'node-exporter': `
    NodeFilesystemSpaceFillingUp NodeFilesystemAlmostOutOfSpace NodeFilesystemFilesFillingUp NodeFilesystemAlmostOutOfFiles | device=/dev/sda1 mountpoint=/ fstype=ext4 | Node worker-3
    NodeNetworkReceiveErrs NodeNetworkTransmitErrs NodeNetworkInterfaceFlapping NodeBondingDegraded | device=eth0 | Node worker-3
    NodeHighNumberConntrackEntriesUsed NodeTextFileCollectorScrapeError NodeClockSkewDetected NodeClockNotSynchronising | | Node worker-3
    NodeRAIDDegraded NodeRAIDDiskFailure | device=md0 state=failed | Node worker-3
    NodeFileDescriptorLimit NodeCPUHighUsage NodeSystemSaturation NodeMemoryMajorPagesFaults NodeMemoryHighUtilization | | Node worker-3
    NodeDiskIOSaturation | device=sda | Node worker-3
    NodeSystemdServiceFailed NodeSystemdServiceCrashlooping | name=docker.service state=failed type=simple | Node worker-3`,
  prometheus: `
    PrometheusBadConfig PrometheusNotificationQueueRunningFull PrometheusNotConnectedToAlertmanagers PrometheusTSDBReloadsFailing PrometheusTSDBCompactionsFailing PrometheusNotIngestingSamples PrometheusDuplicateTimestamps PrometheusOutOfOrderTimestamps PrometheusTargetLimitHit PrometheusLabelLimitHit PrometheusScrapeBodySizeLimitHit PrometheusScrapeSampleLimitHit PrometheusHighQueryLoad | | Pod monitoring/prometheus-k8s-0 prometheus of prometheus-k8s
    PrometheusSDRefreshFailure | mechanism=kubernetes config=pods | Pod monitoring/prometheus-k8s-0 prometheus of prometheus-k8s
    PrometheusKubernetesListWatchFailures | | Pod monitoring/prometheus-k8s-0 prometheus of prometheus-k8s
    PrometheusErrorSendingAlertsToSomeAlertmanagers PrometheusErrorSendingAlertsToAnyAlertmanager | alertmanager=http://10.42.1.9:9093/api/v2/alerts | Pod monitoring/prometheus-k8s-0 prometheus of prometheus-k8s
    PrometheusRemoteStorageFailures PrometheusRemoteWriteBehind PrometheusRemoteWriteDesiredShards | remote_name=mimir url=https://mimir.example/push | Pod monitoring/prometheus-k8s-0 prometheus of prometheus-k8s
    PrometheusRuleFailures PrometheusMissingRuleEvaluations | rule_group=pods | Pod monitoring/prometheus-k8s-0 prometheus of prometheus-k8s
    PrometheusTargetSyncFailure | scrape_job=shop | Pod monitoring/prometheus-k8s-0 prometheus of prometheus-k8s`,
  alertmanager: `
    AlertmanagerFailedReload AlertmanagerMembersInconsistent | | Pod monitoring/alertmanager-main-1 alertmanager of alertmanager-main
    AlertmanagerFailedToSendAlerts | integration=slack | Pod monitoring/alertmanager-main-1 alertmanager of alertmanager-main`,
  operator: `
    PrometheusOperatorSyncFailed PrometheusOperatorRejectedResources | controller=prometheus status=failed | Pod monitoring/prometheus-operator-5d9c7b6f48-k7m2x prometheus-operator of prometheus-operator
    PrometheusOperatorNodeLookupErrors | controller=kubelet | Pod monitoring/prometheus-operator-5d9c7b6f48-k7m2x prometheus-operator of prometheus-operator
    ConfigReloaderSidecarErrors | | Pod monitoring/prometheus-operator-5d9c7b6f48-k7m2x prometheus-operator of prometheus-operator`,
  etcd: `
    etcdNoLeader etcdHighNumberOfFailedProposals etcdHighFsyncDurations etcdHighCommitDurations etcdBackendQuotaLowSpace etcdDatabaseQuotaLowSpace etcdExcessiveDatabaseGrowth etcdDatabaseHighFragmentationRatio | | Pod kube-system/etcd-control-1 of kps-kube-etcd
    etcdMembersDown etcdInsufficientMembers etcdHighNumberOfLeaderChanges | | Pod kube-system/etcd-control-1 of kps-kube-etcd
    etcdHighNumberOfFailedGRPCRequests etcdGRPCRequestsSlow | grpc_method=Range grpc_service=etcdserverpb.KV | Pod kube-system/etcd-control-1 of kps-kube-etcd
    etcdMemberCommunicationSlow | To=8e9e05c52164694d | Pod kube-system/etcd-control-1 of kps-kube-etcd`,
  apiserver: `
    KubeClientCertificateExpiration | | Service default/kubernetes of kubernetes`,
  aggregated: `
    KubePodNotReady | namespace=shop pod=cart-7d5c9b8f66-xk7pq | Pod shop/cart-7d5c9b8f66-xk7pq of cart
    KubeContainerWaiting CPUThrottlingHigh | namespace=shop pod=cart-7d5c9b8f66-xk7pq container=cart | Pod shop/cart-7d5c9b8f66-xk7pq cart of cart
    KubeJobNotCompleted | namespace=batch job_name=report-29169240 | Job batch/report-29169240 of report
    KubeletTooManyPods KubeNodeReadinessFlapping KubeNodeEviction | node=worker-3 | Node worker-3
    KubeletPlegDurationHigh | node=worker-3 instance=10.0.0.3:10250 quantile=0.99 | Node worker-3
    KubeCPUOvercommit KubeMemoryOvercommit KubeCPUQuotaOvercommit KubeMemoryQuotaOvercommit KubeVersionMismatch KubeAPITerminatedRequests | | Cluster
    KubeAPIErrorBudgetBurn | long=1h short=5m | Cluster
    KubeAggregatedAPIErrors KubeAggregatedAPIDown | name=v1beta1.metrics.k8s.io namespace=default | APIService v1beta1.metrics.k8s.io
    KubeClientErrors | job=kubelet instance=10.0.0.3:10250 namespace=kube-system | Node 10.0.0.3
    KubeAPIDown | job=apiserver | Target apiserver
    KubeletDown | job=kubelet | Target kubelet
    KubeControllerManagerDown | job=kube-controller-manager | Target kube-controller-manager
    KubeSchedulerDown | job=kube-scheduler | Target kube-scheduler
    KubeProxyDown | job=kube-proxy | Target kube-proxy
    KubeStateMetricsListErrors KubeStateMetricsWatchErrors KubeStateMetricsShardingMismatch KubeStateMetricsShardsMissing | | Cluster
    TargetDown | job=checkout namespace=shop service=checkout | Service shop/checkout of checkout
    TargetDown | job=kube-state-metrics namespace=monitoring service=kps-kube-state-metrics | Target monitoring/kps-kube-state-metrics of kps-kube-state-metrics
    AlertmanagerClusterFailedToSendAlerts | namespace=monitoring service=alertmanager-main integration=slack | Service monitoring/alertmanager-main of alertmanager-main
    AlertmanagerConfigInconsistent AlertmanagerClusterDown AlertmanagerClusterCrashlooping | namespace=monitoring service=alertmanager-main | Service monitoring/alertmanager-main of alertmanager-main
    PrometheusOperatorListErrors PrometheusOperatorWatchErrors PrometheusOperatorReconcileErrors PrometheusOperatorNotReady PrometheusOperatorStatusUpdateErrors | namespace=monitoring controller=prometheus | Namespace monitoring
    GrafanaRequestsFailing | namespace=monitoring job=grafana handler=/api/ds/query status_code=500 | Target monitoring/grafana
    InfoInhibitor | namespace=shop pod=web-7f9d8c6b5f-abcd0 container=web alertstate=firing | Pod shop/web-7f9d8c6b5f-abcd0 web of web
    Watchdog | | Cluster`,
}

/** Alerts as kubernetes-mixin, node-exporter's mixin, kube-prometheus and etcd ship them, with their labels and what they are about. */
export const shippedAlerts: { alert: string; labels: Labels; subject: string }[] = Object.entries(
  SCRAPES,
).flatMap(([scrape, added]) =>
  SHIPPED[scrape as Scrape]
    .trim()
    .split('\n')
    .flatMap(line => {
      const [alerts = '', series = '', subject = ''] = line.split('|').map(part => part.trim())
      const condition = Object.fromEntries(
        series
          .split(/\s+/)
          .filter(Boolean)
          .map(pair => [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)]),
      )
      return alerts.split(' ').map(alert => ({
        alert,
        labels: { ...added, prometheus: 'monitoring/k8s', severity: 'warning', ...condition },
        subject,
      }))
    }),
)
