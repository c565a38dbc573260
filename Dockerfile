# Any images with Node 24 and, for the build, npm. A tag moves; to pin what it means today, pass a digest:
#   docker buildx imagetools inspect node:24-bookworm-slim --format '{{.Manifest.Digest}}'
#   docker build --build-arg BUILD_IMAGE=node@sha256:… --build-arg RUNTIME_IMAGE=node@sha256:… -t rolecall .
ARG BUILD_IMAGE=node:24-bookworm-slim
ARG RUNTIME_IMAGE=node:24-bookworm-slim

FROM ${BUILD_IMAGE} AS build
WORKDIR /build
COPY package.json package-lock.json ./
COPY runtime/package.json runtime/
# Without the workspace: it holds the Node of the clone, and the images have their own.
RUN npm ci --workspaces=false --ignore-scripts
COPY . .
RUN npm run build && npm prune --workspaces=false --ignore-scripts --omit=dev

FROM ${RUNTIME_IMAGE}
ENV NODE_ENV=production HOST=0.0.0.0 PORT=4000
# Root owns the files, so the server cannot change them.
WORKDIR /app
COPY --from=build /build/package.json ./
COPY --from=build /build/node_modules node_modules
COPY --from=build /build/schema schema
COPY --from=build /build/dist dist
# As a number, because Kubernetes cannot tell whether a name is root.
USER 65532:65532
EXPOSE 4000
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT}/health`).then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
# No shell in between, so signals reach Node.
ENTRYPOINT ["node", "/app/dist/start.mjs"]
