import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { ORG_ID, org, USER_ID, userDocument } from './fixtures/datadog.ts';
import { codesOf, createRolecallFor } from './support/rolecall.ts';
import { json, startUpstream } from './support/upstream.ts';

/** Enough executions for an operation to be compiled, and then executed as compiled code. */
const TIMES = 6;
const ID = '0A1b2c3d-0000-0000-0000-00000000000f';

/** The user's UUID and icon and the organization's URL as served, each time that they are queried. */
async function serve(uuid: unknown, icon: unknown, url: unknown) {
  await using datadog = await startUpstream(
    json(userDocument({ attributes: { uuid, icon }, included: [org(ORG_ID, { url })] })),
  );
  const rolecall = createRolecallFor({ datadog });
  const responses = [];
  for (let time = 0; time < TIMES; time += 1) {
    const response = await rolecall.query(
      '{ viewer { datadog { id uuid icon organization { url } } } }',
    );
    responses.push({ user: response.data.viewer.datadog, codes: codesOf(response) });
  }
  return responses;
}

const served = (uuid: unknown, icon: unknown, url: unknown, codes: Record<string, string> = {}) =>
  Array.from({ length: TIMES }, () => ({
    user: { id: USER_ID, uuid, icon, organization: { url } },
    codes,
  }));

describe('scalars are the same text the first time and compiled', () => {
  test('as the provider spells them, where they fit', async () => {
    for (const [uuid, icon, url] of [
      [ID, 'http://icon.example', 'HTTPS://url.example/a?b#c'],
      [ID.toLowerCase(), 'https://user@icon.example:8443', 'https://[::1]/'],
    ] as const) {
      assert.deepEqual(await serve(uuid, icon, url), served(uuid, icon, url));
    }
  });

  test('null with an error, where they do not', async () => {
    const invalid = 'UPSTREAM_INVALID_VALUE';
    const codes = {
      'viewer.datadog.uuid': invalid,
      'viewer.datadog.icon': invalid,
      'viewer.datadog.organization.url': invalid,
    };
    for (const [uuid, url] of [
      [`{${ID}}`, 'javascript:alert(1)'],
      [`{${ID}X`, 'JavaScript:alert(1)'],
      [`{${ID}`, ' java\nscript:alert(1)'],
      [`${ID}}`, 'data:text/html,hello'],
      [ID.replaceAll('-', ''), 'ftp://files.example'],
      [`urn:uuid:${ID}`, 'file:///etc/hosts'],
      [`${ID}\n`, 'mailto:ada@fictional.example'],
      [ID.replace('f', 'g'), 'blob:https://icon.example/1'],
      [7, 7],
      [[ID], ['https://icon.example']],
      [{}, 'https://'],
    ] as const) {
      assert.deepEqual(await serve(uuid, url, url), served(null, null, null, codes));
    }
  });
});
