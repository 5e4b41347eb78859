import { serverLimitsSetup } from './serverLimits.ts';

/** plugin/grpc_server/setup.go parseGRPCServer. */
export const grpcServerSetup = serverLimitsSetup('grpc_server', {
  max_streams: { min: 0 },
  max_connections: { min: 0 },
});

/** plugin/https/setup.go parseDOH. */
export const httpsSetup = serverLimitsSetup('https', {
  max_connections: { min: 0 },
  max_streams: { min: 0, max: 4_294_967_295 },
});

/** plugin/https3/setup.go parseDOH3. */
export const https3Setup = serverLimitsSetup('https3', { max_streams: { min: 0 }, max_connections: { min: 0 } });
