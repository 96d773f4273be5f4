# The image of the sidecar. From the repository's root: docker build --tag dapr-chat:0.1.0 .
# How to run it: docs/production.md.

# The manifests alone, so that packages are installed again only where one of them has changed.
FROM node:24-slim AS manifests
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
COPY packages/protocol/package.json packages/protocol/
COPY packages/client/package.json packages/client/
COPY packages/sidecar/package.json packages/sidecar/
COPY packages/console/package.json packages/console/
COPY packages/cli/package.json packages/cli/
COPY packages/cli/bin packages/cli/bin
COPY tools/api-reference/package.json tools/api-reference/

# What the command needs at run time, without the packages that the client only offers adapters for. Nothing under node_modules
# runs as TypeScript, and nobody reads source maps and manuals there; licences stay.
FROM manifests AS modules
RUN npm ci --ignore-scripts --no-audit --omit=dev --omit=optional --omit=peer --workspace=packages/cli \
  && find node_modules -type f \( -name '*.map' -o -name '*.ts' -o -name '*.mts' -o -name '*.cts' -o -name '*.md' \) \
    ! -iname 'licen[cs]e*' ! -iname 'notice*' -delete

# Compiled rather than run from its TypeScript: the process is smaller and starts sooner.
FROM manifests AS build
RUN npm ci --ignore-scripts --no-audit
COPY . .
RUN npm run build

FROM node:24-slim
WORKDIR /app
COPY --from=modules /app/node_modules ./node_modules
COPY --from=build /app/build/protocol ./packages/protocol
COPY --from=build /app/build/client ./packages/client
COPY --from=build /app/build/sidecar ./packages/sidecar
COPY --from=build /app/build/cli ./packages/cli
COPY packages/cli/components /etc/dapr-chat/components
# The working directory is the one place that is written to: the files of the calls and of the conversations.
WORKDIR /data
RUN chown 1000:1000 .
VOLUME /data
ENV NODE_ENV=production
USER 1000:1000
# HTTP, gRPC and metrics. In a container loopback is the container's own, so the sidecar listens on every address;
# it does not start so without DAPR_API_TOKEN.
EXPOSE 3500 50001 9090
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s \
  CMD ["node", "-e", "fetch('http://127.0.0.1:3500/v1.0/healthz').then(({ status }) => process.exit(status === 204 ? 0 : 1), () => process.exit(1))"]
# The young generation has a fixed size, as with npm start: docs/performance.md says why.
ENTRYPOINT ["node", "--max-semi-space-size=16", "/app/packages/cli/bin/dapr-chat.js"]
CMD ["serve", "--resources-path=/etc/dapr-chat/components", "--dapr-listen-addresses=0.0.0.0", "--metrics-listen-address=0.0.0.0", "--log-format=json"]
