import { serverLimitsSetup } from './serverLimits.ts';

/** plugin/quic/setup.go parseQuic. */
export const quicSetup = serverLimitsSetup('quic', {
  max_streams: { min: 1 },
  max_connections: { min: 0 },
  worker_pool_size: { min: 1 },
});
