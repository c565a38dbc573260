export type { PermissionCheck } from './checks.ts';
export {
  type CallOptions,
  createRolecallClient,
  type RolecallClient,
  type Viewer,
} from './client.ts';
export { type ErrorCode, type ErrorDetails, RolecallError } from './errors.ts';
export type { Provider } from './operations.ts';
export * from './permission-name.ts';
export type { Endpoint } from './send.ts';
