/** The learner's folder bank/: the example namespace and its services. */

/** No label but its name: putting it into the mesh is the learner's step. */
export const bankNamespace = `# Where the bank lives. No label turns sidecars on: that is a step of the guide.
apiVersion: v1
kind: Namespace
metadata:
  name: ucontas-app
`;

export const bank = `# A small bank of five services, each the same program (nicholasjackson/fake-service) told by its environment whom to
# call. Nothing here mentions Istio. Runs on any cluster.
# The front of the bank: asks accounts and payments.
apiVersion: v1
kind: Service
metadata:
  name: web
  namespace: ucontas-app
  labels:
    app: web
spec:
  selector:
    app: web
  ports:
  - name: http
    port: 80
    targetPort: 9090
---
apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
  namespace: ucontas-app
  labels:
    app: web
    version: v1
spec:
  replicas: 1
  selector:
    matchLabels:
      app: web
      version: v1
  template:
    metadata:
      labels:
        app: web
        version: v1
    spec:
      containers:
      - name: web
        image: nicholasjackson/fake-service:v0.26.2
        env:
        - name: NAME
          value: web
        - name: LISTEN_ADDR
          value: "0.0.0.0:9090"
        - name: MESSAGE
          value: "Welcome to the bank"
        - name: UPSTREAM_URIS
          value: "http://accounts,http://payments"
        ports:
        - name: http
          containerPort: 9090
        readinessProbe:
          httpGet:
            path: /ready
            port: http
          periodSeconds: 2
        resources:
          requests:
            cpu: 10m
            memory: 32Mi
---
# Who owns what: asks the ledger.
apiVersion: v1
kind: Service
metadata:
  name: accounts
  namespace: ucontas-app
  labels:
    app: accounts
spec:
  selector:
    app: accounts
  ports:
  - name: http
    port: 80
    targetPort: 9090
---
apiVersion: apps/v1
kind: Deployment
metadata:
  name: accounts
  namespace: ucontas-app
  labels:
    app: accounts
    version: v1
spec:
  replicas: 1
  selector:
    matchLabels:
      app: accounts
      version: v1
  template:
    metadata:
      labels:
        app: accounts
        version: v1
    spec:
      containers:
      - name: accounts
        image: nicholasjackson/fake-service:v0.26.2
        env:
        - name: NAME
          value: accounts
        - name: LISTEN_ADDR
          value: "0.0.0.0:9090"
        - name: MESSAGE
          value: Accounts
        - name: UPSTREAM_URIS
          value: "http://ledger"
        ports:
        - name: http
          containerPort: 9090
        readinessProbe:
          httpGet:
            path: /ready
            port: http
          periodSeconds: 2
        resources:
          requests:
            cpu: 10m
            memory: 32Mi
---
# Moves money: asks the ledger, and the rates for other currencies.
apiVersion: v1
kind: Service
metadata:
  name: payments
  namespace: ucontas-app
  labels:
    app: payments
spec:
  selector:
    app: payments
  ports:
  - name: http
    port: 80
    targetPort: 9090
---
apiVersion: apps/v1
kind: Deployment
metadata:
  name: payments
  namespace: ucontas-app
  labels:
    app: payments
    version: v1
spec:
  replicas: 1
  selector:
    matchLabels:
      app: payments
      version: v1
  template:
    metadata:
      labels:
        app: payments
        version: v1
    spec:
      containers:
      - name: payments
        image: nicholasjackson/fake-service:v0.26.2
        env:
        - name: NAME
          value: payments
        - name: LISTEN_ADDR
          value: "0.0.0.0:9090"
        - name: MESSAGE
          value: Payments
        - name: UPSTREAM_URIS
          value: "http://ledger,http://rates"
        ports:
        - name: http
          containerPort: 9090
        readinessProbe:
          httpGet:
            path: /ready
            port: http
          periodSeconds: 2
        resources:
          requests:
            cpu: 10m
            memory: 32Mi
---
# The book of all movements: asks nobody.
apiVersion: v1
kind: Service
metadata:
  name: ledger
  namespace: ucontas-app
  labels:
    app: ledger
spec:
  selector:
    app: ledger
  ports:
  - name: http
    port: 80
    targetPort: 9090
---
apiVersion: apps/v1
kind: Deployment
metadata:
  name: ledger
  namespace: ucontas-app
  labels:
    app: ledger
    version: v1
spec:
  replicas: 1
  selector:
    matchLabels:
      app: ledger
      version: v1
  template:
    metadata:
      labels:
        app: ledger
        version: v1
    spec:
      containers:
      - name: ledger
        image: nicholasjackson/fake-service:v0.26.2
        env:
        - name: NAME
          value: ledger
        - name: LISTEN_ADDR
          value: "0.0.0.0:9090"
        - name: MESSAGE
          value: Ledger
        ports:
        - name: http
          containerPort: 9090
        readinessProbe:
          httpGet:
            path: /ready
            port: http
          periodSeconds: 2
        resources:
          requests:
            cpu: 10m
            memory: 32Mi
---
# Exchange rates: asks nobody.
apiVersion: v1
kind: Service
metadata:
  name: rates
  namespace: ucontas-app
  labels:
    app: rates
spec:
  selector:
    app: rates
  ports:
  - name: http
    port: 80
    targetPort: 9090
---
apiVersion: apps/v1
kind: Deployment
metadata:
  name: rates
  namespace: ucontas-app
  labels:
    app: rates
    version: v1
spec:
  replicas: 1
  selector:
    matchLabels:
      app: rates
      version: v1
  template:
    metadata:
      labels:
        app: rates
        version: v1
    spec:
      containers:
      - name: rates
        image: nicholasjackson/fake-service:v0.26.2
        env:
        - name: NAME
          value: rates
        - name: LISTEN_ADDR
          value: "0.0.0.0:9090"
        - name: MESSAGE
          value: Rates
        ports:
        - name: http
          containerPort: 9090
        readinessProbe:
          httpGet:
            path: /ready
            port: http
          periodSeconds: 2
        resources:
          requests:
            cpu: 10m
            memory: 32Mi
`;
