import { useViewer } from 'rolecall-client/react';
import { Failure } from '../failure.tsx';
import { DatadogIdentity } from './datadog-identity.tsx';
import { HeyGenIdentity } from './heygen-identity.tsx';
import { VendorCard } from './vendor-card.tsx';

/** Who the person is, at each vendor for itself: one that fails leaves the other alone. */
export function IdentityCards() {
  const { data, error, isFetching, refetch } = useViewer();
  const retry = { isRetrying: isFetching, onRetry: () => void refetch() };
  const errorOf = (provider: 'DATADOG' | 'HEYGEN') =>
    data?.errors.find((each) => each.provider === provider || each.provider === null);
  return (
    <section aria-labelledby="identity-heading">
      <h1 id="identity-heading">Who am I?</h1>
      {error && !data ? (
        <div aria-live="polite">
          <Failure error={error} {...retry} />
        </div>
      ) : (
        <div className="cards">
          <VendorCard
            title="Datadog"
            isLoading={!data}
            isConnected={data?.providers.includes('DATADOG')}
            error={errorOf('DATADOG')}
            {...retry}
          >
            {data?.datadog && <DatadogIdentity user={data.datadog} />}
          </VendorCard>
          <VendorCard
            title="HeyGen"
            isLoading={!data}
            isConnected={data?.providers.includes('HEYGEN')}
            error={errorOf('HEYGEN')}
            {...retry}
          >
            {data?.heygen && <HeyGenIdentity user={data.heygen} />}
          </VendorCard>
        </div>
      )}
    </section>
  );
}
