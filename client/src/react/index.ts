export { Can, type CanProps } from './can.ts';
export { RolecallProvider, type RolecallProviderProps } from './provider.ts';
export { prefetchChecks, prefetchViewer } from './queries.ts';
export { type CanResult, type CanStatus, useCan } from './use-can.ts';
export { useViewer } from './use-viewer.ts';
