import type { IncomingHttpHeaders } from 'node:http';
import Fastify, { type FastifyRequest } from 'fastify';
import mercurius, { type MercuriusContext } from 'mercurius';
import { Directory } from './directory.ts';
import { typeDefs } from './schema.ts';
import { ids, toDatadogUser, toHeyGenUser, toOrganization, toRole } from './shape.ts';
import { fetchDatadog, fetchHeyGen } from './vendors.ts';

/** Written for graphql-jit, which compiles it: a list has one resolver, its fields have none. */

declare module 'mercurius' {
  interface MercuriusContext {
    readonly headers: IncomingHttpHeaders;
  }
}

async function datadogUser(_viewer: unknown, _args: unknown, { headers }: MercuriusContext) {
  const document = await fetchDatadog(headers);
  return { ...toDatadogUser(document), document, directory: new Directory(document) };
}

type DatadogUser = Awaited<ReturnType<typeof datadogUser>>;

function organizationOf({ document, directory }: DatadogUser) {
  return toOrganization(directory.find(document.data.relationships['org'].data.id));
}

function rolesOf({ document, directory }: DatadogUser) {
  return ids(document.data, 'roles').map((id) => {
    const role = directory.find(id);
    return { ...toRole(role), permissionIds: ids(role, 'permissions'), directory };
  });
}

type Role = ReturnType<typeof rolesOf>[number];

const resolvers = {
  Query: { viewer: () => ({}) },
  Viewer: {
    datadog: datadogUser,
    heygen: async (_viewer: unknown, _args: unknown, { headers }: MercuriusContext) =>
      toHeyGenUser(await fetchHeyGen(headers)),
  },
  DatadogUser: { organization: organizationOf, roles: rolesOf },
  Role: {
    permissions: ({ permissionIds, directory }: Role) => directory.permissions(permissionIds),
  },
};

const app = Fastify();
app.register(mercurius, {
  schema: typeDefs,
  resolvers,
  jit: 1,
  context: ({ headers }: FastifyRequest) => ({ headers }),
});
await app.listen({ port: Number(process.env['PORT']), host: '127.0.0.1' });
