import { createServer, type IncomingMessage } from 'node:http';
import { ready } from '../ready.ts';
import { Directory } from './directory.ts';
import { ids, toDatadogUser, toHeyGenUser, toOrganization, toRole } from './shape.ts';
import { type DatadogDocument, fetchDatadog, fetchHeyGen, type HeyGenBody } from './vendors.ts';

/** No GraphQL: two hand-written responses, chosen by the name of the operation. */

function full(document: DatadogDocument, heygen: HeyGenBody) {
  const directory = new Directory(document);
  return {
    datadog: {
      ...toDatadogUser(document),
      organization: toOrganization(directory.find(document.data.relationships['org'].data.id)),
      roles: ids(document.data, 'roles').map((id) => {
        const role = directory.find(id);
        return { ...toRole(role), permissions: directory.permissions(ids(role, 'permissions')) };
      }),
    },
    heygen: toHeyGenUser(heygen),
  };
}

function light({ data }: DatadogDocument, heygen: HeyGenBody) {
  return {
    datadog: { id: data.id, email: data.attributes['email'] },
    heygen: { id: heygen.data['username'], email: heygen.data['email'] },
  };
}

const shapes: Record<string, typeof full | typeof light> = { Full: full, Light: light };

async function respond(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  const { operationName } = JSON.parse(Buffer.concat(chunks).toString());
  const shape = shapes[operationName];
  if (shape === undefined) throw new Error(`No operation is named ${operationName}.`);
  const [datadog, heygen] = await Promise.all([
    fetchDatadog(request.headers),
    fetchHeyGen(request.headers),
  ]);
  return JSON.stringify({ data: { viewer: shape(datadog, heygen) } });
}

ready(
  createServer(async (request, response) => {
    try {
      const body = Buffer.from(await respond(request));
      response.writeHead(200, {
        'content-type': 'application/json',
        'content-length': body.length,
      });
      response.end(body);
    } catch (error) {
      response.writeHead(500).end(String(error));
    }
  }),
);
