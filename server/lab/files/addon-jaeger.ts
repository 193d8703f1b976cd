/** The learner's file istio-1.31.0/samples/addons/jaeger.yaml: Jaeger, with the object names of Istio's own sample. */

export const jaeger = `# Jaeger for trying Istio out: collects traces and shows them. Objects, ports and labels are those of
# samples/addons/jaeger.yaml in Istio 1.31.0. On Malha's embedded cluster a placeholder runs in its place.
apiVersion: apps/v1
kind: Deployment
metadata:
  name: jaeger
  namespace: istio-system
  labels:
    app: jaeger
spec:
  selector:
    matchLabels:
      app: jaeger
  template:
    metadata:
      labels:
        app: jaeger
        sidecar.istio.io/inject: "false"
      annotations:
        prometheus.io/scrape: "true"
        prometheus.io/port: "8888"
    spec:
      containers:
      - name: jaeger
        image: docker.io/jaegertracing/jaeger:2.17.0
        args: [--config, /jaeger-configuration/config.yaml]
        livenessProbe:
          httpGet:
            path: /status
            port: 13133
        readinessProbe:
          httpGet:
            path: /status
            port: 13133
        resources:
          requests:
            cpu: 10m
        volumeMounts:
        - name: data
          mountPath: /badger
        - name: jaeger-configuration
          mountPath: /jaeger-configuration
      volumes:
      - name: data
        emptyDir: {}
      - name: jaeger-configuration
        configMap:
          name: jaeger
---
apiVersion: v1
kind: ConfigMap
metadata:
  name: jaeger
  namespace: istio-system
  labels:
    app: jaeger
data:
  config.yaml: |
    service:
      extensions: [jaeger_storage, jaeger_query, healthcheckv2]
      pipelines:
        traces:
          receivers: [otlp, zipkin]
          processors: [batch]
          exporters: [jaeger_storage_exporter]
    extensions:
      jaeger_query:
        base_path: /jaeger
        storage:
          traces: kept_in_memory
      jaeger_storage:
        backends:
          kept_in_memory:
            memory:
              max_traces: 50000
      healthcheckv2:
        use_v2: true
        http:
          endpoint: 0.0.0.0:13133
    receivers:
      otlp:
        protocols:
          grpc:
            endpoint: 0.0.0.0:4317
          http:
            endpoint: 0.0.0.0:4318
      zipkin:
        endpoint: 0.0.0.0:9411
    processors:
      batch: {}
    exporters:
      jaeger_storage_exporter:
        trace_storage: kept_in_memory
---
apiVersion: v1
kind: Service
metadata:
  name: tracing
  namespace: istio-system
  labels:
    app: jaeger
spec:
  type: ClusterIP
  ports:
  - name: http-query
    port: 80
    protocol: TCP
    targetPort: 16686
  - name: grpc-query
    port: 16685
    protocol: TCP
    targetPort: 16685
  selector:
    app: jaeger
---
apiVersion: v1
kind: Service
metadata:
  name: zipkin
  namespace: istio-system
  labels:
    name: zipkin
spec:
  ports:
  - name: http-query
    port: 9411
    targetPort: 9411
  selector:
    app: jaeger
---
apiVersion: v1
kind: Service
metadata:
  name: jaeger-collector
  namespace: istio-system
  labels:
    app: jaeger
spec:
  type: ClusterIP
  ports:
  - name: jaeger-collector-http
    port: 14268
    protocol: TCP
    targetPort: 14268
  - name: jaeger-collector-grpc
    port: 14250
    protocol: TCP
    targetPort: 14250
  - name: http-zipkin
    port: 9411
    targetPort: 9411
  - name: grpc-otel
    port: 4317
  - name: http-otel
    port: 4318
  selector:
    app: jaeger
`;
