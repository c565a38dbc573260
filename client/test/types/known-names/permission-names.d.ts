// Written by `rolecall-client types`.
import 'rolecall-client';

declare module 'rolecall-client' {
  interface Register {
    permissionName:
      | "billing_read"
      | "dashboards_write";
  }
}
