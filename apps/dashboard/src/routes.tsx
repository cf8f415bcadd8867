import { type QueryClient } from '@tanstack/react-query';
import {
  createRootRouteWithContext,
  createRoute,
  createRouter,
  lazyRouteComponent,
  Outlet,
  redirect,
} from '@tanstack/react-router';
import { z } from 'zod';
import { sessionQuery } from './api/queries.ts';
import { ClusterLayout } from './pages/cluster/ClusterLayout.tsx';
import { ChangeSearch } from './pages/change/change-search.ts';
import { DraftSearch } from './pages/wizard/draft.ts';
import { loadPart } from './shell/load-part.ts';
import { PageError } from './shell/PageError.tsx';
import { PageMissing } from './shell/PageMissing.tsx';
import { PagePending } from './shell/PagePending.tsx';
import { Shell } from './shell/Shell.tsx';

/** The site map. Every page but the frame is loaded when it is first opened. */
interface RouterContext {
  cache: QueryClient;
}

const root = createRootRouteWithContext<RouterContext>()({ component: Outlet, notFoundComponent: PageMissing });

const signIn = createRoute({
  getParentRoute: () => root,
  path: '/sign-in',
  validateSearch: z.object({ next: z.string().startsWith('/').optional().catch(undefined) }),
  component: lazyRouteComponent(() => loadPart(() => import('./pages/sign-in/SignInPage.tsx')), 'SignInPage'),
});

const signedIn = createRoute({
  getParentRoute: () => root,
  id: 'signed-in',
  component: Shell,
  beforeLoad: async ({ context, location }) => {
    const { user } = await context.cache.ensureQueryData(sessionQuery());
    if (user === null) {
      const next = location.href === '/' || location.href === '/clusters' ? undefined : location.href;
      throw redirect({ to: '/sign-in', search: next === undefined ? {} : { next } });
    }
  },
});

const home = createRoute({
  getParentRoute: () => signedIn,
  path: '/',
  beforeLoad: () => {
    throw redirect({ to: '/clusters', replace: true });
  },
});

const clusters = createRoute({
  getParentRoute: () => signedIn,
  path: '/clusters',
  component: lazyRouteComponent(() => loadPart(() => import('./pages/clusters/ClustersPage.tsx')), 'ClustersPage'),
});

const operations = createRoute({
  getParentRoute: () => signedIn,
  path: '/operations',
  component: lazyRouteComponent(
    () => loadPart(() => import('./pages/operations/OperationsPage.tsx')),
    'OperationsPage',
  ),
});

const operation = createRoute({
  getParentRoute: () => signedIn,
  path: '/operations/$operationId',
  component: lazyRouteComponent(() => loadPart(() => import('./pages/operations/OperationPage.tsx')), 'OperationPage'),
});

const cluster = createRoute({ getParentRoute: () => signedIn, path: '/clusters/$clusterId', component: ClusterLayout });

const overview = createRoute({
  getParentRoute: () => cluster,
  path: '/',
  component: lazyRouteComponent(() => loadPart(() => import('./pages/overview/OverviewPage.tsx')), 'OverviewPage'),
});

const slots = createRoute({
  getParentRoute: () => cluster,
  path: '/slots',
  validateSearch: z.object({
    slots: z.string().optional().catch(undefined),
    mode: z.string().optional().catch(undefined),
    view: z.enum(['map', 'table']).optional().catch(undefined),
  }),
  component: lazyRouteComponent(() => loadPart(() => import('./pages/slots/SlotsPage.tsx')), 'SlotsPage'),
});

const nodes = createRoute({
  getParentRoute: () => cluster,
  path: '/nodes',
  validateSearch: z.object({
    find: z.string().optional().catch(undefined),
    role: z.enum(['primary', 'replica', 'unknown']).optional().catch(undefined),
    health: z.enum(['trouble', 'healthy']).optional().catch(undefined),
    node: z.string().optional().catch(undefined),
  }),
  component: lazyRouteComponent(() => loadPart(() => import('./pages/nodes/NodesPage.tsx')), 'NodesPage'),
});

const clusterOperations = createRoute({
  getParentRoute: () => cluster,
  path: '/operations',
  component: lazyRouteComponent(
    () => loadPart(() => import('./pages/operations/OperationsPage.tsx')),
    'OperationsPage',
  ),
});

const reshard = createRoute({
  getParentRoute: () => cluster,
  path: '/reshard',
  validateSearch: DraftSearch,
  component: lazyRouteComponent(() => loadPart(() => import('./pages/wizard/ReshardPage.tsx')), 'ReshardPage'),
});

const change = createRoute({
  getParentRoute: () => cluster,
  path: '/change',
  validateSearch: ChangeSearch,
  component: lazyRouteComponent(() => loadPart(() => import('./pages/change/ChangePage.tsx')), 'ChangePage'),
});

const timeline = createRoute({
  getParentRoute: () => cluster,
  path: '/timeline',
  component: lazyRouteComponent(() => loadPart(() => import('./pages/timeline/TimelinePage.tsx')), 'TimelinePage'),
});

const doctor = createRoute({
  getParentRoute: () => cluster,
  path: '/doctor',
  component: lazyRouteComponent(() => loadPart(() => import('./pages/doctor/DoctorPage.tsx')), 'DoctorPage'),
});

const routeTree = root.addChildren([
  signIn,
  signedIn.addChildren([
    home,
    clusters,
    operations,
    operation,
    cluster.addChildren([overview, slots, nodes, clusterOperations, reshard, change, timeline, doctor]),
  ]),
]);

export function makeRouter(cache: QueryClient) {
  return createRouter({
    routeTree,
    context: { cache },
    defaultPreload: 'intent',
    defaultErrorComponent: PageError,
    defaultPendingComponent: PagePending,
    defaultPendingMs: 150,
    scrollRestoration: true,
    // Plain text both ways: `?slots=100` is what people type and share, and schemas read it.
    parseSearch: (text) => Object.fromEntries(new URLSearchParams(text)),
    stringifySearch: (search) => {
      const pairs = Object.entries(search).filter(([, value]) => value !== undefined && value !== null);
      const text = new URLSearchParams(pairs.map(([key, value]) => [key, String(value)])).toString();
      return text === '' ? '' : `?${text}`;
    },
  });
}

declare module '@tanstack/react-router' {
  interface Register {
    router: ReturnType<typeof makeRouter>;
  }
}
