import assert from 'node:assert/strict';
import { chmodSync, mkdtempDisposableSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { describe, test } from 'node:test';
import { describeVariables } from '../src/config/variables.ts';
import { readSettings } from '../src/process/assemble.ts';
import { describeConfig } from '../src/process/startup-message.ts';
import { providers } from '../src/providers/index.ts';
import {
  imageVariables,
  type Manifest,
  readDockerfile,
  readManifests,
} from './support/manifests.ts';
import { createRolecall } from './support/rolecall.ts';

const manifests = readManifests('deploy/kubernetes');
const configMap = manifests.get('configmap.yaml');
const deployment = manifests.get('deployment.yaml');
const secret = manifests.get('secret.example.yaml');
const service = manifests.get('service.yaml');
const networkPolicy = manifests.get('networkpolicy.yaml');
const { template } = deployment.spec;
const [container] = template.spec.containers;
const [mount] = container.volumeMounts;
const [volume] = template.spec.volumes;
const dockerfile = readDockerfile('Dockerfile');
const image = imageVariables('Dockerfile');
const ownVariables: Readonly<Record<string, string>> = Object.fromEntries(
  container.env.map(({ name, value }: Manifest) => [name, value]),
);

describe('the variables', () => {
  test('are variables of Rolecall, and set once', () => {
    const known = new Set(describeVariables(providers).map(({ name }) => name));
    const names = [...Object.keys(configMap.data), ...Object.keys(ownVariables)];
    assert.deepEqual(
      names.filter((name) => !known.has(name)),
      [],
    );
    assert.equal(new Set(names).size, container.env.length + Object.keys(configMap.data).length);
    assert.deepEqual(container.envFrom, [{ configMapRef: { name: configMap.metadata.name } }]);
  });

  test('are text, because a ConfigMap takes nothing else', () => {
    const values = [...Object.values(configMap.data), ...Object.values(ownVariables)];
    assert.deepEqual(
      values.filter((value) => typeof value !== 'string'),
      [],
    );
  });

  test('are a valid configuration, with the image’s own and the secrets', async () => {
    using folder = mkdtempDisposableSync(join(tmpdir(), 'rolecall-kubernetes-'));
    const secrets: Readonly<Record<string, string>> = {
      'dd-api-key': 'some-api-key',
      'dd-app-key': 'some-application-key',
      'redis-url': 'redis://redis.example:6379/0',
      'cache-secret': Buffer.alloc(32, 1).toString('base64'),
    };
    for (const [name, value] of Object.entries(secrets)) {
      writeFileSync(join(folder.path, name), value);
      chmodSync(join(folder.path, name), volume.secret.defaultMode);
    }
    const mounted = Object.entries(ownVariables).map(([name, value]) => [
      name,
      value.replace(mount.mountPath, folder.path),
    ]);
    const environment = { ...image, ...configMap.data, ...Object.fromEntries(mounted) };
    const { config } = await readSettings(environment);
    assert.deepEqual(config.warnings, []);
    assert.deepEqual(describeConfig(config), [
      'Providers: Datadog at https://api.datadoghq.com/',
      'Lets in: callers with a JWT of https://issuer.example/',
      'Shows: each caller, as the person in the token',
    ]);
  });
});

describe('the secret', () => {
  test('is mounted where the variables expect its files, readable by the group only', () => {
    const paths = Object.values(ownVariables);
    assert.deepEqual(
      paths.map((path) => basename(path)).toSorted(),
      Object.keys(secret.stringData).toSorted(),
    );
    for (const path of paths) assert.equal(dirname(path), mount.mountPath);
    assert.equal(mount.subPath, undefined);
    assert.equal(mount.name, volume.name);
    assert.deepEqual(volume.secret, { secretName: secret.metadata.name, defaultMode: 0o440 });
    assert.equal(template.spec.securityContext.fsGroup, template.spec.securityContext.runAsGroup);
  });

  test('has no values in the example', () => {
    assert.deepEqual(new Set(Object.values(secret.stringData)), new Set(['']));
    assert.equal(secret.data, undefined);
  });
});

test('a pod has time to drain before it is killed', () => {
  const { DRAIN_DELAY_MS, SHUTDOWN_TIMEOUT_MS } = configMap.data;
  assert.ok(Number(DRAIN_DELAY_MS) > 0);
  // With a few seconds for the last responses to be read.
  const needed = Number(DRAIN_DELAY_MS) + Number(SHUTDOWN_TIMEOUT_MS) + 5_000;
  assert.ok(template.spec.terminationGracePeriodSeconds * 1_000 >= needed);
});

test('readiness is probed at least twice while a pod still accepts connections', () => {
  const { periodSeconds, failureThreshold } = container.readinessProbe;
  assert.ok(periodSeconds * failureThreshold * 1_000 < Number(configMap.data.DRAIN_DELAY_MS));
});

describe('the probes', () => {
  const rolecall = createRolecall({});
  for (const [name, path] of [
    ['startupProbe', '/health'],
    ['livenessProbe', '/health'],
    ['readinessProbe', '/ready'],
  ] as const) {
    test(`${name} asks ${path}, which the server has`, async () => {
      assert.deepEqual(container[name].httpGet, { path, port: 'http' });
      assert.equal((await rolecall.fetch(`http://10.0.0.1:4000${path}`)).status, 200);
    });
  }
});

test('the ports are the image’s', () => {
  assert.equal(dockerfile.get('EXPOSE'), image['PORT']);
  assert.deepEqual(container.ports, [{ name: 'http', containerPort: Number(image['PORT']) }]);
  assert.deepEqual(
    service.spec.ports.map(({ targetPort }: Manifest) => targetPort),
    ['http'],
  );
  assert.deepEqual(networkPolicy.spec.ingress[0].ports, [{ protocol: 'TCP', port: 'http' }]);
});

test('the user is the image’s, and the pod is restricted', () => {
  const { runAsUser, runAsGroup, runAsNonRoot, seccompProfile } = template.spec.securityContext;
  assert.equal(dockerfile.get('USER'), `${runAsUser}:${runAsGroup}`);
  // What the Pod Security Standard "restricted" demands.
  assert.equal(runAsNonRoot, true);
  assert.deepEqual(seccompProfile, { type: 'RuntimeDefault' });
  assert.deepEqual(container.securityContext, {
    allowPrivilegeEscalation: false,
    readOnlyRootFilesystem: true,
    capabilities: { drop: ['ALL'] },
  });
  assert.equal(template.spec.automountServiceAccountToken, false);
});

test('every selector finds the pods', () => {
  const { labels } = template.metadata;
  const selectors = [
    deployment.spec.selector.matchLabels,
    service.spec.selector,
    networkPolicy.spec.podSelector.matchLabels,
    manifests.get('poddisruptionbudget.yaml').spec.selector.matchLabels,
    ...template.spec.topologySpreadConstraints.map(
      (each: Manifest) => each.labelSelector.matchLabels,
    ),
  ];
  for (const selector of selectors) assert.deepEqual(selector, labels);
  const { apiVersion, kind, name } = manifests.get('horizontalpodautoscaler.yaml').spec
    .scaleTargetRef;
  assert.deepEqual(
    [apiVersion, kind, name],
    [deployment.apiVersion, deployment.kind, deployment.metadata.name],
  );
});

test('the kustomization runs this version', () => {
  const { version } = JSON.parse(readFileSync('package.json', 'utf8'));
  assert.deepEqual(manifests.get('kustomization.yaml').images, [
    { name: container.image, newName: 'registry.example/rolecall', newTag: version },
  ]);
});
