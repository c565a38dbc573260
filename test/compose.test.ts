import assert from 'node:assert/strict';
import { test } from 'node:test';
import { describeVariables } from '../src/config/variables.ts';
import { providers } from '../src/providers/index.ts';
import { imageVariables, readDockerfile, readManifest } from './support/manifests.ts';

const compose = readManifest('compose.yaml');
const { rolecall, redis } = compose.services;
const image = imageVariables('Dockerfile');

test('every variable of compose.yaml is one of Rolecall’s', () => {
  const known = new Set(describeVariables(providers).map(({ name }) => name));
  assert.deepEqual(
    Object.keys(rolecall.environment).filter((name) => !known.has(name)),
    [],
  );
});

test('every file that compose.yaml names is a secret of the service, and no key is in a variable', () => {
  const files = Object.entries<string>(rolecall.environment)
    .filter(([name]) => name.endsWith('_FILE'))
    .map(([, path]) => path);
  assert.deepEqual(
    files,
    rolecall.secrets.map((name: string) => `/run/secrets/${name}`),
  );
  assert.deepEqual(
    Object.keys(compose.secrets).toSorted(),
    [...rolecall.secrets, ...redis.secrets].toSorted(),
  );
  const withSecrets = new Set(
    describeVariables(providers).flatMap(({ name }) =>
      name.endsWith('_FILE') ? name.slice(0, -5) : [],
    ),
  );
  for (const name of Object.keys(rolecall.environment)) assert.ok(!withSecrets.has(name), name);
});

test('compose.yaml publishes the image’s port, on loopback only', () => {
  assert.deepEqual(rolecall.ports, [`127.0.0.1:${image['PORT']}:${image['PORT']}`]);
});

test('compose.yaml leaves time to drain', () => {
  const timeout = describeVariables(providers).find(({ name }) => name === 'SHUTDOWN_TIMEOUT_MS');
  assert.ok(Number.parseInt(rolecall.stop_grace_period, 10) * 1_000 > Number(timeout?.default));
});

test('both services run as the owner of the secrets, without rights and with a read-only root', () => {
  assert.equal(redis.user, readDockerfile('Dockerfile').get('USER'));
  for (const service of [rolecall, redis]) {
    assert.equal(service.read_only, true);
    assert.deepEqual(service.cap_drop, ['ALL']);
    assert.deepEqual(service.security_opt, ['no-new-privileges:true']);
  }
});
