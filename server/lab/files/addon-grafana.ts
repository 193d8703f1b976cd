/** The learner's file istio-1.31.0/samples/addons/grafana.yaml: Grafana, with the object names of Istio's own sample. */

export const grafana = `# Grafana for trying Istio out: dashboards over Prometheus. Objects, ports and labels are those of
# samples/addons/grafana.yaml in Istio 1.31.0, without the dashboards' own definitions. On Malha's embedded cluster a
# placeholder runs in its place.
apiVersion: v1
kind: ServiceAccount
automountServiceAccountToken: false
metadata:
  name: grafana
  namespace: istio-system
  labels:
    app.kubernetes.io/name: grafana
    app.kubernetes.io/instance: grafana
    app.kubernetes.io/version: "12.0.1"
---
apiVersion: v1
kind: ConfigMap
metadata:
  name: grafana
  namespace: istio-system
  labels:
    app.kubernetes.io/name: grafana
    app.kubernetes.io/instance: grafana
    app.kubernetes.io/version: "12.0.1"
data:
  grafana.ini: |
    [analytics]
    check_for_updates = false
    [log]
    mode = console
    [paths]
    data = /var/lib/grafana/
    logs = /var/log/grafana
    plugins = /var/lib/grafana/plugins
    provisioning = /etc/grafana/provisioning
  datasources.yaml: |
    apiVersion: 1
    datasources:
    - name: Prometheus
      type: prometheus
      access: proxy
      isDefault: true
      url: http://prometheus:9090
    - name: Loki
      type: loki
      access: proxy
      isDefault: false
      url: http://loki:3100
  dashboardproviders.yaml: |
    apiVersion: 1
    providers:
    - name: istio
      folder: istio
      type: file
      options:
        path: /var/lib/grafana/dashboards/istio
    - name: istio-services
      folder: istio
      type: file
      options:
        path: /var/lib/grafana/dashboards/istio-services
---
apiVersion: v1
kind: Service
metadata:
  name: grafana
  namespace: istio-system
  labels:
    app.kubernetes.io/name: grafana
    app.kubernetes.io/instance: grafana
    app.kubernetes.io/version: "12.0.1"
spec:
  type: ClusterIP
  ports:
  - name: service
    port: 3000
    protocol: TCP
    targetPort: 3000
  selector:
    app.kubernetes.io/name: grafana
    app.kubernetes.io/instance: grafana
---
apiVersion: apps/v1
kind: Deployment
metadata:
  name: grafana
  namespace: istio-system
  labels:
    app.kubernetes.io/name: grafana
    app.kubernetes.io/instance: grafana
    app.kubernetes.io/version: "12.0.1"
spec:
  replicas: 1
  revisionHistoryLimit: 10
  strategy:
    type: RollingUpdate
  selector:
    matchLabels:
      app.kubernetes.io/name: grafana
      app.kubernetes.io/instance: grafana
  template:
    metadata:
      labels:
        app.kubernetes.io/name: grafana
        app.kubernetes.io/instance: grafana
        app.kubernetes.io/version: "12.0.1"
        sidecar.istio.io/inject: "false"
      annotations:
        kubectl.kubernetes.io/default-container: grafana
    spec:
      serviceAccountName: grafana
      automountServiceAccountToken: true
      enableServiceLinks: true
      containers:
      - name: grafana
        image: docker.io/grafana/grafana:12.0.1
        imagePullPolicy: IfNotPresent
        securityContext:
          allowPrivilegeEscalation: false
          capabilities:
            drop: [ALL]
          seccompProfile:
            type: RuntimeDefault
        ports:
        - name: grafana
          containerPort: 3000
          protocol: TCP
        - name: gossip-tcp
          containerPort: 9094
          protocol: TCP
        - name: gossip-udp
          containerPort: 9094
          protocol: UDP
        - name: profiling
          containerPort: 6060
          protocol: TCP
        env:
        - name: POD_IP
          valueFrom:
            fieldRef:
              fieldPath: status.podIP
        - name: GF_AUTH_ANONYMOUS_ENABLED
          value: "true"
        - name: GF_AUTH_ANONYMOUS_ORG_ROLE
          value: Admin
        - name: GF_AUTH_BASIC_ENABLED
          value: "false"
        readinessProbe:
          httpGet:
            path: /api/health
            port: 3000
        livenessProbe:
          httpGet:
            path: /api/health
            port: 3000
          initialDelaySeconds: 60
          timeoutSeconds: 30
          failureThreshold: 10
        volumeMounts:
        - name: config
          mountPath: /etc/grafana/grafana.ini
          subPath: grafana.ini
        - name: config
          mountPath: /etc/grafana/provisioning/datasources/datasources.yaml
          subPath: datasources.yaml
        - name: config
          mountPath: /etc/grafana/provisioning/dashboards/dashboardproviders.yaml
          subPath: dashboardproviders.yaml
        - name: storage
          mountPath: /var/lib/grafana
        - name: dashboards-istio
          mountPath: /var/lib/grafana/dashboards/istio
        - name: dashboards-istio-services
          mountPath: /var/lib/grafana/dashboards/istio-services
      volumes:
      - name: config
        configMap:
          name: grafana
      - name: dashboards-istio
        configMap:
          name: istio-grafana-dashboards
      - name: dashboards-istio-services
        configMap:
          name: istio-services-grafana-dashboards
      - name: storage
        emptyDir: {}
---
apiVersion: v1
kind: ConfigMap
metadata:
  name: istio-grafana-dashboards
  namespace: istio-system
data: {}
---
apiVersion: v1
kind: ConfigMap
metadata:
  name: istio-services-grafana-dashboards
  namespace: istio-system
data: {}
`;
