type Labels = Record<string, string>

// What these targets add to each of their series. Where two are given, the first is of kube-prometheus-stack's chart (as `kps`), the second of
// kube-prometheus' manifests: those drop labels of kube-state-metrics, name node-exporter's targets by node, and put kube-rbac-proxy in front.
// The exporters' own namespace is replaced where the series has one (honorLabels).
const SCRAPES: Record<string, readonly Labels[]> = {
  'kube-state-metrics': [
    scraped('kube-state-metrics', 'kps-kube-state-metrics', {
      pod: 'kps-kube-state-metrics-6c8f5d7b9-x2k4q',
      container: 'kube-state-metrics',
      instance: '10.42.9.105:8080',
    }),
    { job: 'kube-state-metrics', container: 'kube-rbac-proxy-main', instance: '10.42.9.105:8443' },
  ],
  // The same for rules that aggregate `instance` and `job` away.
  'kube-state-metrics without instance, job': [
    {
      service: 'kps-kube-state-metrics',
      pod: 'kps-kube-state-metrics-6c8f5d7b9-x2k4q',
      container: 'kube-state-metrics',
      namespace: 'monitoring',
      endpoint: 'http',
    },
    { container: 'kube-rbac-proxy-main' },
  ],
  kubelet: ['kps-kubelet', 'kubelet'].map(service =>
    scraped('kubelet', service, {
      namespace: 'kube-system',
      endpoint: 'https-metrics',
      instance: '10.0.0.3:10250',
      metrics_path: '/metrics',
      node: 'worker-3',
    }),
  ),
  'node-exporter': [
    scraped('node-exporter', 'kps-prometheus-node-exporter', {
      pod: 'kps-prometheus-node-exporter-x7k2p',
      container: 'node-exporter',
      instance: '10.0.0.3:9100',
    }),
    scraped('node-exporter', 'node-exporter', {
      pod: 'node-exporter-x7k2p',
      container: 'kube-rbac-proxy',
      instance: 'worker-3',
    }),
  ],
  prometheus: [
    scraped('prometheus-k8s', 'prometheus-k8s', { pod: 'prometheus-k8s-0', container: 'prometheus' }),
  ],
  'config-reloader': [
    scraped('prometheus-k8s', 'prometheus-k8s', { pod: 'prometheus-k8s-0', container: 'config-reloader' }),
  ],
  alertmanager: [
    scraped('alertmanager-main', 'alertmanager-main', {
      pod: 'alertmanager-main-1',
      container: 'alertmanager',
    }),
  ],
  'prometheus-operator': ['prometheus-operator', 'kube-rbac-proxy'].map(container =>
    scraped('prometheus-operator', 'prometheus-operator', {
      pod: 'prometheus-operator-5d9c7b6f48-k7m2x',
      container,
    }),
  ),
  etcd: controlPlane('kube-etcd', 'etcd-control-1', '10.0.0.1:2381'),
  'kube-scheduler': controlPlane('kube-scheduler', 'kube-scheduler-control-1', '10.0.0.1:10259'),
  'kube-controller-manager': controlPlane(
    'kube-controller-manager',
    'kube-controller-manager-control-1',
    '10.0.0.1:10257',
  ),
  'kube-proxy': controlPlane('kube-proxy', 'kube-proxy-x7k2p', '10.0.0.3:10249'),
  apiserver: [
    scraped('apiserver', 'kubernetes', {
      namespace: 'default',
      endpoint: 'https',
      instance: '10.0.0.1:6443',
    }),
  ],
  blackbox: [
    scraped('blackbox-exporter', 'blackbox-exporter', {}),
    { job: 'blackbox-exporter', namespace: 'shop' },
  ],
  'argo-cd': [
    scraped('argocd-metrics', 'argocd-metrics', {
      namespace: 'argocd',
      pod: 'argocd-application-controller-0',
      container: 'application-controller',
    }),
  ],
  // The rule aggregates away what the scrape adds, or its expression is one that makes a series of its own.
  none: [{}],
}

function controlPlane(name: string, pod: string, instance: string): Labels[] {
  return [scraped(name, `kps-${name}`, { namespace: 'kube-system', endpoint: 'http-metrics', pod, instance })]
}

function scraped(job: string, service: string, own: Labels): Labels {
  return { job, service, namespace: 'monitoring', endpoint: 'http', instance: '10.42.1.7:8080', ...own }
}

/**
 * Each line: alerts | scrape | labels that the expression lets through and the rule adds | the subject, of each of the scrapes where it differs.
 * Read from the mixins' sources; of alerts whose labels changed, or that were renamed, the older form stays, because older releases are in use.
 * `absent()` has labels only where it is given a selector alone: `absent(up{job="apiserver"} == 1)` has none.
 */
const SHIPPED: Record<string, string> = {
  'kubernetes-mixin': `
    KubePodCrashLooping | kube-state-metrics | namespace=backup pod=executor-svc-849ffcf9c7-wbmvz container=executor-svc reason=CrashLoopBackOff uid=5 | Pod backup/executor-svc-849ffcf9c7-wbmvz executor-svc of executor-svc
    KubePodNotReady | none | namespace=shop pod=cart-7d5c9b8f66-xk7pq | Pod shop/cart-7d5c9b8f66-xk7pq of cart
    KubeDeploymentGenerationMismatch KubeDeploymentReplicasMismatch | kube-state-metrics | namespace=shop deployment=cart | Deployment shop/cart of cart
    KubeDeploymentRolloutStuck | kube-state-metrics | namespace=shop deployment=cart condition=Progressing status=false | Deployment shop/cart of cart
    KubeStatefulSetReplicasMismatch KubeStatefulSetGenerationMismatch KubeStatefulSetUpdateNotRolledOut | kube-state-metrics | namespace=data statefulset=postgres | StatefulSet data/postgres of postgres
    KubeStatefulSetUpdateNotRolledOut | none | job=kube-state-metrics namespace=data statefulset=postgres | StatefulSet data/postgres of postgres
    KubeDaemonSetRolloutStuck KubeDaemonSetNotScheduled KubeDaemonSetMisScheduled | kube-state-metrics | namespace=kube-system daemonset=cilium | DaemonSet kube-system/cilium of cilium
    KubeContainerWaiting | kube-state-metrics | namespace=shop pod=cart-7d5c9b8f66-xk7pq container=cart reason=ImagePullBackOff uid=5 | Pod shop/cart-7d5c9b8f66-xk7pq cart of cart
    KubeContainerWaiting CPUThrottlingHigh | none | namespace=shop pod=cart-7d5c9b8f66-xk7pq container=cart | Pod shop/cart-7d5c9b8f66-xk7pq cart of cart
    CPUThrottlingHigh | none | namespace=shop pod=cart-7d5c9b8f66-xk7pq container=cart service=kps-kubelet instance=10.0.0.3:10250 | Pod shop/cart-7d5c9b8f66-xk7pq cart of cart
    KubeJobFailed | kube-state-metrics | namespace=batch job_name=report-29169240 condition=true | Job batch/report-29169240 of report
    KubeJobCompletion | kube-state-metrics | namespace=batch job_name=migrate | Job batch/migrate of migrate
    KubeJobNotCompleted | none | namespace=batch job_name=report-29169240 | Job batch/report-29169240 of report
    KubeCronJobRunning | kube-state-metrics | namespace=batch cronjob=report | CronJob batch/report of report
    KubeHpaReplicasMismatch KubeHpaMaxedOut | kube-state-metrics | namespace=shop horizontalpodautoscaler=cart | HorizontalPodAutoscaler shop/cart
    KubePdbNotEnoughHealthyPods | kube-state-metrics | namespace=shop poddisruptionbudget=cart | PodDisruptionBudget shop/cart
    KubeCPUOvercommit KubeMemoryOvercommit KubeCPUQuotaOvercommit KubeMemoryQuotaOvercommit KubeVersionMismatch KubeAPITerminatedRequests | none | | Cluster
    KubeQuotaAlmostFull KubeQuotaFullyUsed KubeQuotaExceeded | kube-state-metrics without instance, job | namespace=shop resourcequota=team resource=cpu | Namespace shop
    KubePersistentVolumeFillingUp KubePersistentVolumeInodesFillingUp KubePersistentVolumeUsageCritical KubePersistentVolumeFullInFourDays | kubelet | namespace=data persistentvolumeclaim=data-postgres-0 | PersistentVolumeClaim data/data-postgres-0
    KubePersistentVolumeErrors | kube-state-metrics | persistentvolume=pvc-12 phase=Failed | PersistentVolume pvc-12
    KubeClientErrors | none | job=kubelet instance=10.0.0.3:10250 namespace=kube-system | Node 10.0.0.3
    KubeClientErrors | none | job=apiserver instance=10.0.0.1:6443 namespace=default | Target default/apiserver 10.0.0.1:6443
    KubeAPIErrorBudgetBurn | none | long=1h short=5m | Cluster
    KubeClientCertificateExpiration KubeAPIInstanceUnreachable | apiserver | | Service default/kubernetes of kubernetes
    KubeClientCertificateExpiration | none | job=apiserver instance=10.0.0.1:6443 | Target apiserver 10.0.0.1:6443
    KubeAggregatedAPIErrors KubeAggregatedAPIDown | none | name=v1beta1.metrics.k8s.io namespace=default | APIService v1beta1.metrics.k8s.io
    KubeAggregatedAPIErrors | none | name=v1beta1.metrics.k8s.io instance=10.0.0.1:6443 reason=FailedDiscoveryCheck | APIService v1beta1.metrics.k8s.io
    KubeAPIDown KubeletDown KubeControllerManagerDown KubeSchedulerDown KubeProxyDown | none | | Cluster
    KubeNodeNotReady | kube-state-metrics | node=worker-3 condition=Ready status=true | Node worker-3
    KubeNodePressure | kube-state-metrics | node=worker-3 condition=MemoryPressure status=true | Node worker-3
    KubeNodeUnreachable | kube-state-metrics | node=worker-3 key=node.kubernetes.io/unreachable effect=NoSchedule | Node worker-3
    KubeletTooManyPods KubeNodeReadinessFlapping | none | node=worker-3 | Node worker-3
    KubeletTooManyPods KubeletPodStartUpLatencyHigh | none | node=worker-3 instance=10.0.0.3:10250 | Node worker-3
    KubeNodeEviction | none | node=worker-3 instance=10.0.0.3:10250 eviction_signal=memory.available | Node worker-3
    KubeletPlegDurationHigh | none | node=worker-3 instance=10.0.0.3:10250 quantile=0.99 | Node worker-3
    KubeletClientCertificateExpiration KubeletServerCertificateExpiration KubeletClientCertificateRenewalErrors KubeletServerCertificateRenewalErrors KubeletInstanceUnreachable | kubelet | | Node worker-3
    KubeSchedulerInstanceUnreachable | kube-scheduler | | Pod kube-system/kube-scheduler-control-1 of kps-kube-scheduler
    KubeControllerManagerInstanceUnreachable | kube-controller-manager | | Pod kube-system/kube-controller-manager-control-1 of kps-kube-controller-manager
    KubeProxyInstanceUnreachable | kube-proxy | | Pod kube-system/kube-proxy-x7k2p of kps-kube-proxy`,
  'node-mixin': `
    NodeFilesystemSpaceFillingUp NodeFilesystemAlmostOutOfSpace NodeFilesystemFilesFillingUp NodeFilesystemAlmostOutOfFiles | node-exporter | device=/dev/sda1 mountpoint=/ fstype=ext4 | Node 10.0.0.3; Node worker-3
    NodeNetworkReceiveErrs NodeNetworkTransmitErrs | node-exporter | device=eth0 | Node 10.0.0.3; Node worker-3
    NodeBondingDegraded | node-exporter | master=bond0 | Node 10.0.0.3; Node worker-3
    NodeHighNumberConntrackEntriesUsed NodeTextFileCollectorScrapeError NodeClockSkewDetected NodeClockNotSynchronising | node-exporter | | Node 10.0.0.3; Node worker-3
    NodeRAIDDegraded | node-exporter | device=md0 | Node 10.0.0.3; Node worker-3
    NodeRAIDDiskFailure | node-exporter | device=md0 state=failed | Node 10.0.0.3; Node worker-3
    NodeFileDescriptorLimit NodeCPUHighUsage NodeSystemSaturation NodeMemoryMajorPagesFaults NodeMemoryHighUtilization | node-exporter | | Node 10.0.0.3; Node worker-3
    NodeDiskIOSaturation | node-exporter | device=sda | Node 10.0.0.3; Node worker-3
    NodeSystemdServiceFailed | node-exporter | name=docker.service state=failed type=simple | Node 10.0.0.3; Node worker-3
    NodeSystemdServiceCrashlooping | node-exporter | name=docker.service | Node 10.0.0.3; Node worker-3
    NodeHardwareTemperatureHigh | node-exporter | chip=platform_coretemp_0 sensor=temp1 | Node 10.0.0.3; Node worker-3`,
  'kube-state-metrics-mixin': `
    KubeStateMetricsListErrors KubeStateMetricsWatchErrors KubeStateMetricsShardingMismatch KubeStateMetricsShardsMissing | none | | Cluster`,
  'kube-prometheus': `
    TargetDown | none | job=checkout namespace=shop service=checkout | Service shop/checkout of checkout
    TargetDown | none | job=kube-state-metrics namespace=monitoring service=kps-kube-state-metrics | Target monitoring/kps-kube-state-metrics of kps-kube-state-metrics
    NodeNetworkInterfaceFlapping | node-exporter | device=eth0 | Node 10.0.0.3; Node worker-3
    InfoInhibitor | none | namespace=shop pod=web-7f9d8c6b5f-abcd0 container=web alertstate=firing | Pod shop/web-7f9d8c6b5f-abcd0 web of web
    Watchdog | none | | Cluster`,
  'prometheus-mixin': `
    PrometheusBadConfig PrometheusKubernetesListWatchFailures PrometheusNotificationQueueRunningFull PrometheusNotConnectedToAlertmanagers PrometheusErrorSendingAlertsToAnyAlertmanager PrometheusTSDBReloadsFailing PrometheusTSDBCompactionsFailing PrometheusNotIngestingSamples PrometheusDuplicateTimestamps PrometheusOutOfOrderTimestamps PrometheusTargetLimitHit PrometheusLabelLimitHit PrometheusScrapeBodySizeLimitHit PrometheusScrapeSampleLimitHit PrometheusHighQueryLoad | prometheus | | Pod monitoring/prometheus-k8s-0 prometheus of prometheus-k8s
    PrometheusSDRefreshFailure | prometheus | mechanism=kubernetes config=pods | Pod monitoring/prometheus-k8s-0 prometheus of prometheus-k8s
    PrometheusErrorSendingAlertsToSomeAlertmanagers | prometheus | alertmanager=http://10.42.1.9:9093/api/v2/alerts | Pod monitoring/prometheus-k8s-0 prometheus of prometheus-k8s
    PrometheusRemoteStorageFailures PrometheusRemoteWriteBehind PrometheusRemoteWriteDesiredShards | prometheus | remote_name=mimir url=https://mimir.example/push | Pod monitoring/prometheus-k8s-0 prometheus of prometheus-k8s
    PrometheusRuleFailures PrometheusMissingRuleEvaluations | prometheus | rule_group=pods | Pod monitoring/prometheus-k8s-0 prometheus of prometheus-k8s
    PrometheusTargetSyncFailure | prometheus | scrape_job=shop | Pod monitoring/prometheus-k8s-0 prometheus of prometheus-k8s`,
  'alertmanager-mixin': `
    AlertmanagerFailedReload AlertmanagerMembersInconsistent AlertmanagerClusterFailedPeers | alertmanager | | Pod monitoring/alertmanager-main-1 alertmanager of alertmanager-main
    AlertmanagerFailedToSendAlerts | alertmanager | integration=slack reason=clientError | Pod monitoring/alertmanager-main-1 alertmanager of alertmanager-main
    AlertmanagerClusterFailedToSendAlerts | none | namespace=monitoring service=alertmanager-main integration=slack | Service monitoring/alertmanager-main of alertmanager-main
    AlertmanagerConfigInconsistent AlertmanagerClusterDown AlertmanagerClusterCrashlooping | none | namespace=monitoring service=alertmanager-main | Service monitoring/alertmanager-main of alertmanager-main`,
  'prometheus-operator': `
    PrometheusOperatorListErrors PrometheusOperatorWatchErrors PrometheusOperatorReconcileErrors PrometheusOperatorNotReady PrometheusOperatorStatusUpdateErrors | none | namespace=monitoring controller=prometheus | Namespace monitoring
    PrometheusOperatorSyncFailed | prometheus-operator | controller=prometheus status=failed | Pod monitoring/prometheus-operator-5d9c7b6f48-k7m2x prometheus-operator of prometheus-operator; Pod monitoring/prometheus-operator-5d9c7b6f48-k7m2x of prometheus-operator
    PrometheusOperatorRejectedResources | prometheus-operator | controller=prometheus resource=ServiceMonitor state=rejected | Pod monitoring/prometheus-operator-5d9c7b6f48-k7m2x prometheus-operator of prometheus-operator; Pod monitoring/prometheus-operator-5d9c7b6f48-k7m2x of prometheus-operator
    PrometheusOperatorNodeLookupErrors | prometheus-operator | controller=prometheus | Pod monitoring/prometheus-operator-5d9c7b6f48-k7m2x prometheus-operator of prometheus-operator; Pod monitoring/prometheus-operator-5d9c7b6f48-k7m2x of prometheus-operator
    ConfigReloaderSidecarErrors | config-reloader | | Pod monitoring/prometheus-k8s-0 config-reloader of prometheus-k8s`,
  'etcd mixin': `
    etcdNoLeader etcdHighNumberOfFailedProposals etcdHighFsyncDurations etcdHighCommitDurations etcdBackendQuotaLowSpace etcdDatabaseQuotaLowSpace etcdExcessiveDatabaseGrowth etcdDatabaseHighFragmentationRatio | etcd | | Pod kube-system/etcd-control-1 of kps-kube-etcd
    etcdMembersDown | none | job=kube-etcd service=kps-kube-etcd namespace=kube-system | Service kube-system/kps-kube-etcd of kps-kube-etcd
    etcdInsufficientMembers etcdHighNumberOfLeaderChanges | none | job=kube-etcd service=kps-kube-etcd namespace=kube-system endpoint=http-metrics | Service kube-system/kps-kube-etcd of kps-kube-etcd
    etcdHighNumberOfFailedGRPCRequests etcdGRPCRequestsSlow | etcd | grpc_method=Range grpc_service=etcdserverpb.KV | Pod kube-system/etcd-control-1 of kps-kube-etcd
    etcdMemberCommunicationSlow | etcd | To=8e9e05c52164694d | Pod kube-system/etcd-control-1 of kps-kube-etcd`,
  'grafana mixin': `
    GrafanaRequestsFailing | none | namespace=monitoring job=grafana handler=/api/dashboards/uid/:uid | Target monitoring/grafana`,
  'cert-manager mixin': `
    CertManagerAbsent | none | job=cert-manager | Target cert-manager
    CertManagerCertExpirySoon | none | exported_namespace=shop namespace=cert-manager name=shop-tls | Certificate shop/shop-tls
    CertManagerCertNotReady | none | exported_namespace=shop namespace=cert-manager name=shop-tls condition=False | Certificate shop/shop-tls
    CertManagerHittingRateLimits | none | host=acme-v02.api.letsencrypt.org | Cluster
    CertManagerCertExpiryMetricMissing | none | | Cluster`,
  'blackbox-exporter mixin': `
    BlackboxProbeFailed BlackboxLowUptime30d BlackboxSslCertificateWillExpireSoon | blackbox | instance=https://shop.example | Target https://shop.example; Target shop/https://shop.example`,
  'coredns-mixin': `
    CoreDNSDown CoreDNSErrorsHigh CoreDNSForwardErrorsHigh CoreDNSForwardHealthcheckBrokenCount | none | | Cluster
    CoreDNSLatencyHigh | none | server=dns://:53 zone=. | Cluster
    CoreDNSForwardLatencyHigh CoreDNSForwardHealthcheckFailureCount | none | to=10.0.0.2:53 | Cluster`,
  'ingress-nginx mixin': `
    NginxHighHttp4xxErrorRate NginxHighHttp5xxErrorRate | none | exported_namespace=shop ingress=front | Ingress shop/front
    NginxConfigReloadFailed | none | job=ingress-nginx-controller-metrics controller_class=k8s.io/ingress-nginx | Target ingress-nginx-controller-metrics`,
  'argo-cd mixin': `
    ArgoCdAppSyncFailed | none | job=argocd-metrics dest_server=https://kubernetes.default.svc project=default name=cart phase=Failed | Application cart
    ArgoCdAppUnhealthy | none | job=argocd-metrics dest_server=https://kubernetes.default.svc project=default name=cart health_status=Degraded | Application cart
    ArgoCdAppOutOfSync | none | job=argocd-metrics dest_server=https://kubernetes.default.svc project=default name=cart sync_status=OutOfSync | Application cart
    ArgoCdAppAutoSyncDisabled | none | job=argocd-metrics dest_server=https://kubernetes.default.svc project=default name=cart autosync_enabled=false | Application cart
    ArgoCdNotificationDeliveryFailed | none | job=argocd-notifications exported_service=slack succeeded=false | Target argocd-notifications`,
  'argo-cd chart (examples)': `
    ArgoAppMissing | none | | Cluster
    ArgoAppNotSynced | argo-cd | dest_server=https://kubernetes.default.svc dest_namespace=shop project=default name=cart exported_namespace=argocd sync_status=OutOfSync health_status=Healthy | Application shop/cart`,
  'kubernetes-autoscaling mixin': `
    ClusterAutoscalerNodeCountNearCapacity ClusterAutoscalerUnschedulablePods | none | namespace=kube-system job=cluster-autoscaler | Target kube-system/cluster-autoscaler
    KedaScaledObjectErrors KedaScaledObjectPaused | none | job=keda-operator exported_namespace=shop scaledObject=cart | ScaledObject shop/cart
    KedaScalerLatencyHigh | none | job=keda-operator exported_namespace=shop scaledObject=cart scaler=kafka | ScaledObject shop/cart
    KedaScalerDetailErrors | none | job=keda-operator exported_namespace=shop scaledObject=cart scaler=kafka type=scaledobject | ScaledObject shop/cart`,
}

/** Alerts as public mixins ship them, with the labels that two usual installations deliver, and what they are about. */
export const shippedAlerts: { mixin: string; alert: string; labels: Labels; subject: string }[] =
  Object.entries(SHIPPED).flatMap(([mixin, lines]) =>
    lines
      .trim()
      .split('\n')
      .flatMap(line => {
        const [alerts = '', scrape = '', series = '', subjects = ''] = line
          .split('|')
          .map(part => part.trim())
        const condition = Object.fromEntries(
          series
            .split(/\s+/)
            .filter(Boolean)
            .map(pair => [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)]),
        )
        const scrapes = SCRAPES[scrape]
        if (scrapes === undefined) throw new Error(`${line}: there is no scrape ${scrape}.`)
        return alerts.split(' ').flatMap(alert =>
          scrapes.map((added, index) => ({
            mixin,
            alert,
            labels: { ...added, prometheus: 'monitoring/k8s', severity: 'warning', ...condition },
            subject: subjects.split('; ')[index] ?? subjects,
          })),
        )
      }),
  )
