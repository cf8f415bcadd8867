import { clusterEndpoints } from './clusters.ts';
import { operationEndpoints } from './operations.ts';
import { sessionEndpoints } from './session.ts';

/** Every endpoint there is. A route that is not here does not exist. */
export const endpoints = { ...sessionEndpoints, ...clusterEndpoints, ...operationEndpoints } as const;

export type EndpointName = keyof typeof endpoints;
