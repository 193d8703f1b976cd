/** The learner's file istio-1.31.0/samples/addons/kiali.yaml: Kiali, with the object names of Istio's own sample. */

export const kiali = `# Kiali for trying Istio out: shows the mesh. Objects, ports and labels are those of samples/addons/kiali.yaml in Istio
# 1.31.0. On Malha's embedded cluster a page of Malha's own is served in its place.
apiVersion: v1
kind: ServiceAccount
metadata:
  name: kiali
  namespace: istio-system
  labels:
    app: kiali
    app.kubernetes.io/name: kiali
    app.kubernetes.io/instance: kiali
    version: v2.27.0
    app.kubernetes.io/version: v2.27.0
    app.kubernetes.io/part-of: kiali
---
apiVersion: v1
kind: ConfigMap
metadata:
  name: kiali
  namespace: istio-system
  labels:
    app: kiali
    app.kubernetes.io/name: kiali
    app.kubernetes.io/instance: kiali
    version: v2.27.0
    app.kubernetes.io/version: v2.27.0
    app.kubernetes.io/part-of: kiali
data:
  config.yaml: |
    auth:
      strategy: anonymous
    deployment:
      cluster_wide_access: true
      instance_name: kiali
      namespace: istio-system
      view_only_mode: false
    external_services:
      istio:
        root_namespace: istio-system
      prometheus:
        enabled: true
      tracing:
        enabled: false
    login_token:
      signing_key: CHANGEME00000000
    server:
      observability:
        metrics:
          enabled: true
          port: 9090
      port: 20001
      web_root: /kiali
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata:
  name: kiali
  labels:
    app: kiali
    app.kubernetes.io/name: kiali
    app.kubernetes.io/instance: kiali
    version: v2.27.0
    app.kubernetes.io/version: v2.27.0
    app.kubernetes.io/part-of: kiali
rules:
- apiGroups: [""]
  resources: [configmaps, endpoints, pods/log]
  verbs: [get, list, watch]
- apiGroups: [""]
  resources: [namespaces, pods, replicationcontrollers, services]
  verbs: [get, list, watch, patch]
- apiGroups: [""]
  resources: [pods/portforward]
  verbs: [create, post]
- apiGroups: [apps]
  resources: [daemonsets, deployments, replicasets, statefulsets]
  verbs: [get, list, watch, patch]
- apiGroups: [batch]
  resources: [cronjobs, jobs]
  verbs: [get, list, watch, patch]
- apiGroups: [networking.istio.io, security.istio.io, extensions.istio.io, telemetry.istio.io, gateway.networking.k8s.io]
  resources: ["*"]
  verbs: [get, list, watch, create, delete, patch]
- apiGroups: [authentication.k8s.io]
  resources: [tokenreviews]
  verbs: [create]
- apiGroups: [admissionregistration.k8s.io]
  resources: [mutatingwebhookconfigurations]
  verbs: [get, list, watch]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata:
  name: kiali
  labels:
    app: kiali
    app.kubernetes.io/name: kiali
    app.kubernetes.io/instance: kiali
    version: v2.27.0
    app.kubernetes.io/version: v2.27.0
    app.kubernetes.io/part-of: kiali
roleRef:
  apiGroup: rbac.authorization.k8s.io
  kind: ClusterRole
  name: kiali
subjects:
- kind: ServiceAccount
  name: kiali
  namespace: istio-system
---
apiVersion: v1
kind: Service
metadata:
  name: kiali
  namespace: istio-system
  labels:
    app: kiali
    app.kubernetes.io/name: kiali
    app.kubernetes.io/instance: kiali
    version: v2.27.0
    app.kubernetes.io/version: v2.27.0
    app.kubernetes.io/part-of: kiali
spec:
  ports:
  - name: http
    appProtocol: http
    protocol: TCP
    port: 20001
  - name: http-metrics
    appProtocol: http
    protocol: TCP
    port: 9090
  selector:
    app.kubernetes.io/name: kiali
    app.kubernetes.io/instance: kiali
---
apiVersion: apps/v1
kind: Deployment
metadata:
  name: kiali
  namespace: istio-system
  labels:
    app: kiali
    app.kubernetes.io/name: kiali
    app.kubernetes.io/instance: kiali
    version: v2.27.0
    app.kubernetes.io/version: v2.27.0
    app.kubernetes.io/part-of: kiali
spec:
  replicas: 1
  selector:
    matchLabels:
      app.kubernetes.io/name: kiali
      app.kubernetes.io/instance: kiali
  strategy:
    type: RollingUpdate
    rollingUpdate:
      maxSurge: 1
      maxUnavailable: 1
  template:
    metadata:
      labels:
        app: kiali
        app.kubernetes.io/name: kiali
        app.kubernetes.io/instance: kiali
        version: v2.27.0
        app.kubernetes.io/version: v2.27.0
        app.kubernetes.io/part-of: kiali
        sidecar.istio.io/inject: "false"
      annotations:
        prometheus.io/scrape: "true"
        prometheus.io/port: "9090"
        prometheus.io/scheme: http
    spec:
      serviceAccountName: kiali
      containers:
      - name: kiali
        image: quay.io/kiali/kiali:v2.27
        imagePullPolicy: IfNotPresent
        command: [/opt/kiali/kiali, -config, /kiali-configuration/config.yaml]
        terminationMessagePolicy: FallbackToLogsOnError
        securityContext:
          allowPrivilegeEscalation: false
          privileged: false
          readOnlyRootFilesystem: true
          runAsNonRoot: true
          seccompProfile:
            type: RuntimeDefault
          capabilities:
            drop: [ALL]
        ports:
        - name: api-port
          containerPort: 20001
        - name: http-metrics
          containerPort: 9090
        readinessProbe:
          httpGet:
            path: /kiali/healthz
            port: api-port
          initialDelaySeconds: 1
          periodSeconds: 5
        livenessProbe:
          httpGet:
            path: /kiali/healthz
            port: api-port
          initialDelaySeconds: 5
          periodSeconds: 30
        startupProbe:
          httpGet:
            path: /kiali/healthz
            port: api-port
          failureThreshold: 60
          periodSeconds: 2
        env:
        - name: ACTIVE_NAMESPACE
          valueFrom:
            fieldRef:
              fieldPath: metadata.namespace
        - name: LOG_LEVEL
          value: info
        - name: LOG_FORMAT
          value: text
        resources:
          limits:
            memory: 1Gi
          requests:
            cpu: 10m
            memory: 64Mi
        volumeMounts:
        - name: kiali-configuration
          mountPath: /kiali-configuration
        - name: kiali-cert
          mountPath: /kiali-cert
        - name: kiali-secret
          mountPath: /kiali-secret
        - name: kiali-cabundle
          mountPath: /kiali-cabundle
      volumes:
      - name: kiali-configuration
        configMap:
          name: kiali
      - name: kiali-cert
        secret:
          secretName: istio.kiali-service-account
          optional: true
      - name: kiali-secret
        secret:
          secretName: kiali
          optional: true
      - name: kiali-cabundle
        configMap:
          name: kiali-cabundle
          optional: true
`;
