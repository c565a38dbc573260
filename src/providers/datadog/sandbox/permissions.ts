/** The groups of the sandbox's permissions, with the objects that each group's permissions are about. */
const CATALOGUE: Readonly<Record<string, readonly string[]>> = {
  'API and Application Keys': ['api_keys', 'user_app_keys', 'org_app_keys', 'client_tokens'],
  APM: [
    'apm',
    'apm_retention_filter',
    'apm_pipelines',
    'apm_service_catalog',
    'apm_generate_metrics',
  ],
  'Access Management': ['user_access', 'service_account', 'org_connections', 'team_membership'],
  'App Builder': ['apps', 'app_datastore', 'app_connections', 'workflows'],
  'Billing and Usage': ['billing', 'usage', 'usage_notifications', 'cost_recommendations'],
  'Case Management': ['cases', 'cases_shared_settings', 'case_notifications'],
  'CI Visibility': ['ci_visibility', 'ci_pipelines', 'ci_provider_settings', 'test_optimization'],
  'Cloud Cost': ['cloud_cost_management', 'cost_allocation', 'cost_budgets'],
  'Cloud Security': [
    'security_monitoring_rules',
    'security_monitoring_signals',
    'security_filters',
    'security_pipelines',
    'security_notification_profiles',
  ],
  Compliance: ['audit_logs', 'data_scanner', 'compliance_frameworks'],
  Containers: ['containers', 'orchestration_resources', 'container_images'],
  Dashboards: [
    'dashboards',
    'dashboards_public_share',
    'dashboards_embed',
    'powerpacks',
    'reports',
  ],
  'Database Monitoring': ['dbm', 'dbm_parameterized_queries', 'dbm_host_settings'],
  'Error Tracking': [
    'error_tracking',
    'error_tracking_settings',
    'error_tracking_exclusion_filters',
  ],
  Events: ['events', 'event_correlation', 'event_pipelines'],
  'Feature Flags': ['feature_flags', 'feature_flag_environments', 'experiments'],
  Fleet: ['fleet_agents', 'fleet_policies', 'agent_upgrades'],
  General: ['org_settings', 'saved_views', 'favorites', 'tags'],
  Incidents: ['incidents', 'incident_settings', 'incident_notifications', 'postmortems'],
  Integrations: ['integrations', 'aws_configuration', 'azure_configuration', 'gcp_configuration'],
  'Log Management': [
    'logs_index_data',
    'logs_live_tail',
    'logs_pipelines',
    'logs_archives',
    'logs_exclusion_filters',
    'logs_facets',
    'logs_metrics',
  ],
  Metrics: ['metrics_metadata', 'metric_tags', 'metrics_summary', 'host_tags'],
  Monitors: ['monitors', 'monitors_downtime', 'monitor_config_policies', 'monitor_templates'],
  Networks: ['network_performance', 'network_devices', 'network_paths'],
  Notebooks: ['notebooks', 'notebook_sharing', 'notebook_templates'],
  Observability: ['observability_pipelines', 'observability_workers', 'observability_live_capture'],
  'On-Call': ['on_call', 'on_call_schedules', 'on_call_escalations', 'on_call_routing'],
  Profiling: ['continuous_profiler', 'profiler_settings', 'profile_comparison'],
  RUM: ['rum_apps', 'rum_session_replay', 'rum_retention_filters', 'rum_playlists'],
  'Service Level Objectives': ['slos', 'slo_corrections', 'slo_status'],
  'Software Delivery': ['dora_metrics', 'dora_settings', 'deployment_gates', 'code_coverage'],
  'Status Pages': ['status_pages', 'status_page_notices'],
  Synthetics: [
    'synthetics',
    'synthetics_private_locations',
    'synthetics_global_variables',
    'synthetics_settings',
  ],
  Teams: ['teams', 'team_links', 'team_notifications'],
  Watchdog: ['watchdog_insights', 'watchdog_alerts', 'watchdog_feedback'],
  'Workflow Automation': [
    'workflow_runs',
    'workflow_triggers',
    'workflow_approvals',
    'workflow_templates',
    'workflow_connections',
    'workflow_schedules',
  ],
};

const ACTIONS = ['read', 'write', 'delete'] as const;

/** Groups whose write permissions are restricted. */
const RESTRICTED_GROUPS: ReadonlySet<string> = new Set(['Log Management', 'RUM', 'Compliance']);

export interface SandboxPermission {
  readonly type: 'permissions';
  readonly id: string;
  readonly attributes: Readonly<Record<string, string | boolean>>;
}

/** A few hundred permissions in the shape of Datadog's, the same at each start. */
export const permissions: readonly SandboxPermission[] = Object.entries(CATALOGUE)
  .flatMap(([group, things]) =>
    things.flatMap((thing) => ACTIONS.map((action) => ({ group, thing, action }))),
  )
  .map(({ group, thing, action }, index) => ({
    type: 'permissions',
    id: sandboxId('1a7e', index),
    attributes: {
      name: `${thing}_${action}`,
      display_name: toTitle(`${thing} ${action}`),
      description: `${toTitle(action)} ${thing.replaceAll('_', ' ')}.`,
      created: `2021-03-${String((index % 28) + 1).padStart(2, '0')}T09:00:00.${String(100_001 + index)}+00:00`,
      group_name: group,
      display_type: action === 'read' ? 'read' : 'write',
      restricted: action !== 'read' && RESTRICTED_GROUPS.has(group),
    },
  }));

/** An obviously fictional UUID. */
export function sandboxId(kind: string, index: number): string {
  return `5a4db0c5-${kind}-4000-8000-${String(index).padStart(12, '0')}`;
}

function toTitle(words: string): string {
  return words.replaceAll('_', ' ').replace(/\b[a-z]/g, (letter) => letter.toUpperCase());
}
