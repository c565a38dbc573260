# Any images with Node 24 and, for the build, npm. A tag moves; to pin what it means today, pass its digest:
#   docker buildx imagetools inspect node:24-bookworm-slim
#   docker build --build-arg BUILD_IMAGE=node@sha256:… --build-arg RUNTIME_IMAGE=node@sha256:… -t rolecall .
ARG BUILD_IMAGE=node:24-bookworm-slim
ARG RUNTIME_IMAGE=node:24-bookworm-slim

FROM ${BUILD_IMAGE} AS build
WORKDIR /build
COPY package.json package-lock.json ./
COPY runtime/package.json runtime/
# Without the workspace: it holds the Node of the clone, and the images have their own.
RUN npm ci --workspaces=false --ignore-scripts --no-audit
COPY . .
RUN npm run build && npm prune --workspaces=false --ignore-scripts --omit=dev --no-audit
# Files of the clone have the umask of whoever made it.
RUN chmod -R a+rX package.json schema dist

FROM ${RUNTIME_IMAGE} AS app
# Root owns the files, so the server cannot change them.
WORKDIR /app
COPY --from=build /build/package.json ./
COPY --from=build /build/node_modules node_modules
COPY --from=build /build/schema schema
COPY --from=build /build/dist dist
# As a number, because Kubernetes cannot tell whether a name is root.
USER 65532:65532

# What Node compiles at the start, which a read-only root cannot keep: a fifth of the time until /ready. It is for this
# Node, this user and this kind of CPU; others compile for themselves. A runtime image may have no shell.
FROM app AS compile
ENV SANDBOX=1 NODE_COMPILE_CACHE=/tmp/compiled
RUN ["node", "dist/start.mjs", "--check"]

FROM ${BUILD_IMAGE} AS compiled
COPY --from=compile /tmp/compiled /compiled
# Node lets only the user who wrote them read them.
RUN chown -R 0:0 /compiled && chmod -R a+rX /compiled

FROM app
COPY --from=compiled /compiled compiled
ENV NODE_ENV=production HOST=0.0.0.0 PORT=4000 NODE_COMPILE_CACHE=/app/compiled
EXPOSE 4000
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT}/health`).then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
# No shell in between, so signals reach Node.
ENTRYPOINT ["node", "/app/dist/start.mjs"]
