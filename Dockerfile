# The console as an image: `docker build -t slotdeck .`
# Three stages: what it is built with, what it runs with, and the second with the results of the first.

FROM node:20-bookworm-slim AS manifests
WORKDIR /slotdeck
RUN npm install --global pnpm@10.34.9
# Only what decides which packages are installed, so that a change in the sources does not install them again.
COPY package.json pnpm-lock.yaml pnpm-workspace.yaml .npmrc ./
COPY packages/model/package.json packages/model/
COPY packages/contract/package.json packages/contract/
COPY packages/cluster/package.json packages/cluster/
COPY packages/operations/package.json packages/operations/
COPY packages/testkit/package.json packages/testkit/
COPY apps/server/package.json apps/server/
COPY apps/cli/package.json apps/cli/
COPY apps/dashboard/package.json apps/dashboard/
COPY e2e/package.json e2e/

FROM manifests AS build
RUN pnpm install --frozen-lockfile
COPY . .
RUN node scripts/build.mjs

FROM manifests AS production
RUN pnpm install --frozen-lockfile --prod --filter-prod '@slotdeck/server...'
COPY --from=build /slotdeck/packages/model/dist packages/model/dist
COPY --from=build /slotdeck/packages/contract/dist packages/contract/dist
COPY --from=build /slotdeck/packages/cluster/dist packages/cluster/dist
COPY --from=build /slotdeck/packages/operations/dist packages/operations/dist
COPY --from=build /slotdeck/apps/server/dist apps/server/dist
COPY --from=build /slotdeck/apps/dashboard/dist apps/dashboard/dist

FROM node:20-bookworm-slim
COPY --from=production /slotdeck /slotdeck
COPY LICENSE /slotdeck/
# The data folder holds the key that opens stored cluster passwords: only the console's own user may look into it.
RUN mkdir --mode=0700 /data && chown node:node /data
USER node
WORKDIR /slotdeck
ENV NODE_ENV=production SLOTDECK_HOST=0.0.0.0 SLOTDECK_PORT=7700 SLOTDECK_DATA=/data
VOLUME /data
EXPOSE 7700
HEALTHCHECK --interval=10s --timeout=3s --start-period=15s --retries=3 \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.SLOTDECK_PORT}/healthz`).then((reply) => process.exit(reply.ok ? 0 : 1), () => process.exit(1))"]
# Node as the first process would ignore Ctrl-C unless it listens for it; the console does, and ends its work at a safe point.
CMD ["node", "apps/server/dist/main.js"]
