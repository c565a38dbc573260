import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { validate as validateDeployment } from 'kubernetes-models/_schemas/IoK8sApiAppsV1Deployment';
import { validate as validateAutoscaler } from 'kubernetes-models/_schemas/IoK8sApiAutoscalingV2HorizontalPodAutoscaler';
import { validate as validateConfigMap } from 'kubernetes-models/_schemas/IoK8sApiCoreV1ConfigMap';
import { validate as validateSecret } from 'kubernetes-models/_schemas/IoK8sApiCoreV1Secret';
import { validate as validateService } from 'kubernetes-models/_schemas/IoK8sApiCoreV1Service';
import { validate as validateNetworkPolicy } from 'kubernetes-models/_schemas/IoK8sApiNetworkingV1NetworkPolicy';
import { validate as validateBudget } from 'kubernetes-models/_schemas/IoK8sApiPolicyV1PodDisruptionBudget';
import { type Manifest, readManifests } from './support/manifests.ts';

interface Validator {
  (data: unknown): boolean;
  /** Of the last call. Their declarations lack it. */
  readonly errors?: readonly { readonly instancePath: string }[] | null;
}

/** Compiled from the schemas of Kubernetes' OpenAPI document. They collect all errors, but accept unknown fields. */
const VALIDATORS: Readonly<Record<string, Validator>> = {
  'apps/v1 Deployment': validateDeployment,
  'autoscaling/v2 HorizontalPodAutoscaler': validateAutoscaler,
  'networking.k8s.io/v1 NetworkPolicy': validateNetworkPolicy,
  'policy/v1 PodDisruptionBudget': validateBudget,
  'v1 ConfigMap': validateConfigMap,
  'v1 Secret': validateSecret,
  'v1 Service': validateService,
};

const KUSTOMIZATION = 'kustomization.yaml';
const manifests = readManifests('deploy/kubernetes');

/** What is wrong with a manifest: what its schema refuses, and fields that the schema does not have. */
function problems(manifest: Manifest): readonly unknown[] {
  const validate = VALIDATORS[`${manifest.apiVersion} ${manifest.kind}`];
  if (validate === undefined) return [`no schema of ${manifest.apiVersion} ${manifest.kind}`];
  const seen = new Set<string>();
  validate(watched(manifest, '', seen));
  const unknown = pathsOf(manifest, '').filter((path) => !seen.has(path));
  return [...(validate.errors ?? []), ...unknown];
}

/** The value, which notes what is read of it: a schema reads every field that it has, and no other. */
function watched(value: Manifest, path: string, seen: Set<string>): Manifest {
  if (typeof value !== 'object' || value === null) return value;
  return new Proxy(value, {
    get(target, key) {
      seen.add(`${path}/${String(key)}`);
      return watched(Reflect.get(target, key), `${path}/${String(key)}`, seen);
    },
  });
}

function pathsOf(value: Manifest, path: string): readonly string[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, each]) => [
    `${path}/${key}`,
    ...pathsOf(each, `${path}/${key}`),
  ]);
}

describe('the manifests follow Kubernetes’ schemas', () => {
  for (const [file, manifest] of manifests) {
    if (file !== KUSTOMIZATION) test(file, () => assert.deepEqual(problems(manifest), []));
  }
});

describe('the schemas', () => {
  const deployment = () => structuredClone(manifests.get('deployment.yaml'));

  test('refuse a value of the wrong type', () => {
    const wrong = deployment();
    wrong.spec.template.spec.terminationGracePeriodSeconds = '30';
    assert.deepEqual(
      problems(wrong).map((error: Manifest) => error.instancePath),
      ['/spec/template/spec/terminationGracePeriodSeconds'],
    );
  });

  test('refuse an object without a required field', () => {
    const wrong = deployment();
    delete wrong.spec.template.spec.containers[0].name;
    assert.equal(problems(wrong).length, 1);
  });

  test('refuse unknown fields, at each depth', () => {
    const wrong = deployment();
    wrong.metadate = {};
    wrong.spec.template.spec.containers[0].readinesProbe = {};
    wrong.spec.template.spec.securityContext.seccompProfile.typ = 'RuntimeDefault';
    assert.deepEqual(problems(wrong).toSorted(), [
      '/metadate',
      '/spec/template/spec/containers/0/readinesProbe',
      '/spec/template/spec/securityContext/seccompProfile/typ',
    ]);
  });
});

test('the kustomization has every manifest but the example of a Secret', () => {
  const { resources } = manifests.get(KUSTOMIZATION);
  assert.deepEqual(
    resources.toSorted(),
    [...manifests.keys()]
      .filter((file) => file !== KUSTOMIZATION && file !== 'secret.example.yaml')
      .toSorted(),
  );
});
