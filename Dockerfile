# One target per entry point: auth, core, bff, pwa, syntra-api, syntra-worker. `docker build --target core .`; all of them: .ci/build-images.
# The landing page has none: product-services/landing/index.html is one static file for any web server.

FROM node:24.21.0-bookworm-slim AS base
ENV NODE_ENV=production
WORKDIR /app

# `npm ci` compares the lock file with the package.json of every workspace, so each is here. devDependencies go first: npm would keep
# one that is a dependency of any other workspace (docs/decisions/0016-one-image-per-service.md).
FROM base AS manifests
COPY package.json package-lock.json .npmrc ./
COPY agents/package.json agents/
COPY chassis/package.json chassis/
COPY emulators/argocd/package.json emulators/argocd/
COPY emulators/github/package.json emulators/github/
COPY emulators/ingress-nginx/package.json emulators/ingress-nginx/
COPY emulators/kube-state-metrics/package.json emulators/kube-state-metrics/
COPY emulators/kubelet/package.json emulators/kubelet/
COPY emulators/kubernetes-api/package.json emulators/kubernetes-api/
COPY emulators/shared/package.json emulators/shared/
COPY evals/package.json evals/
COPY product-services/auth/package.json product-services/auth/
COPY product-services/bff/package.json product-services/bff/
COPY product-services/core/package.json product-services/core/
COPY product-services/landing/package.json product-services/landing/
COPY product-services/rules/package.json product-services/rules/
COPY pwa/package.json pwa/
COPY sandbox/package.json sandbox/
COPY syntra/package.json syntra/
COPY tools/package.json tools/
RUN npm pkg delete devDependencies --workspaces --include-workspace-root

FROM manifests AS auth-packages
RUN npm ci --omit=dev --ignore-scripts --workspace=product-services/auth

FROM base AS auth
COPY --from=auth-packages /app/node_modules node_modules
COPY chassis chassis
COPY product-services/auth product-services/auth
# A number, because Kubernetes cannot tell that a user with a name is not root.
USER 1000:1000
EXPOSE 8080 9090
CMD ["node", "product-services/auth/main.ts"]

FROM manifests AS core-packages
RUN npm ci --omit=dev --ignore-scripts --workspace=product-services/core

FROM base AS core
COPY --from=core-packages /app/node_modules node_modules
COPY chassis chassis
COPY product-services/rules product-services/rules
COPY product-services/core product-services/core
USER 1000:1000
EXPOSE 8080 9090
CMD ["node", "product-services/core/main.ts"]

FROM manifests AS bff-packages
RUN npm ci --omit=dev --ignore-scripts --workspace=product-services/bff

# auth and core for their schemas only.
FROM base AS bff
COPY --from=bff-packages /app/node_modules node_modules
COPY chassis chassis
COPY product-services/auth product-services/auth
COPY product-services/rules product-services/rules
COPY product-services/core product-services/core
COPY product-services/bff product-services/bff
USER 1000:1000
EXPOSE 8080 9090
CMD ["node", "product-services/bff/main.ts"]

FROM manifests AS pwa-packages
RUN npm ci --omit=dev --ignore-scripts --workspace=pwa

# The app is bundled here, because a pod's file system is read-only.
FROM base AS pwa
COPY --from=pwa-packages /app/node_modules node_modules
COPY chassis chassis
COPY product-services/rules product-services/rules
COPY pwa pwa
RUN node pwa/build.ts
USER 1000:1000
EXPOSE 8080 9090
CMD ["node", "pwa/main.ts"]

FROM manifests AS syntra-packages
RUN npm ci --omit=dev --ignore-scripts --workspace=syntra

# One content for both processes: k8s/syntra names one image and gives each process its command.
FROM base AS syntra
COPY --from=syntra-packages /app/node_modules node_modules
COPY chassis chassis
COPY tools tools
COPY agents agents
COPY syntra syntra
COPY runbooks runbooks
USER 1000:1000
EXPOSE 8080 9090

FROM syntra AS syntra-api
CMD ["node", "syntra/api.ts"]

FROM syntra AS syntra-worker
CMD ["node", "syntra/worker.ts"]
