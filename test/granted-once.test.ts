import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Resources } from '../src/providers/datadog/resources.ts';
import { manyRoles, USER_ID } from './fixtures/datadog.ts';
import { createRolecallFor } from './support/rolecall.ts';
import { json, startUpstream } from './support/upstream.ts';

test('what roles grant is worked out once for a request, however many fields ask', async (context) => {
  await using datadog = await startUpstream(json(manyRoles()));
  const rolecall = createRolecallFor({ datadog });
  const fields = Array.from({ length: 20 }, (_, index) =>
    [
      `a${index}: hasPermission(name: "permission_${index}")`,
      `a${index}: permissions(names: ["permission_${index}"]) { name }`,
      `a${index}: permissionChecks(names: ["permission_${index}", "other"]) { granted }`,
    ].at(index % 3),
  );
  const query = `query ($representations: [_Any!]!) { _entities(representations: $representations) { ... on DatadogUser { ${fields.join(' ')} } } }`;
  const representations = Array.from({ length: 50 }, () => ({
    __typename: 'DatadogUser',
    id: USER_ID,
  }));
  const { mock } = context.mock.method(Resources.prototype, 'permissions');
  const response = await rolecall.fetch('http://rolecall.example/subgraph', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query, variables: { representations } }),
  });
  const { data } = (await response.json()) as any;
  assert.equal(data._entities.length, 50);
  for (const entity of data._entities) {
    assert.equal(entity.a3, true);
    assert.deepEqual(entity.a4, [{ name: 'permission_4' }]);
    assert.deepEqual(entity.a5, [{ granted: true }, { granted: false }]);
  }
  assert.equal(mock.callCount(), 1);
});
