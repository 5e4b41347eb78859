import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { corednsBinary, network, runDir, upstreamNamespace } from './places.ts';
import { ensureProcess, pidOf, stopProcess } from './processes.ts';

/**
 * The world outside the cluster: names below these top-level domains exist, all others do not. Why not answer everything:
 * a name that leaves the search list unresolved (`kubernetes.default`) must not get an address from outside.
 */
export const outsideNames: Readonly<Record<string, UpstreamBehaviour>> = {
  '.': 'nxdomain',
  'com.': 'answer',
  'net.': 'answer',
  'org.': 'answer',
  'io.': 'answer',
  'example.': 'answer',
  'nowhere.example.': 'nxdomain',
};

/** How a lab upstream treats the names below a zone. */
export type UpstreamBehaviour =
  | 'answer'
  /** Takes the query and never answers, over UDP and TCP. */
  | 'silent'
  | 'nxdomain'
  | 'servfail'
  | 'refused';

export interface Upstream {
  /** Short name; also of its process and log. */
  readonly name: string;
  /** An address of the upstream namespace: `network.healthyUpstream` or `network.storyUpstream`. */
  readonly address: string;
  /** Longest zone wins; "." should be there. */
  readonly zones: Readonly<Record<string, UpstreamBehaviour>>;
}

/** Addresses from the documentation ranges (RFC 5737, RFC 3849) that every answered name gets. */
export const answeredAddresses = { A: '203.0.113.10', AAAA: '2001:db8::10' } as const;

const template = (rcode: string): string => `    template IN ANY . {
        rcode ${rcode}
        authority "{{ .Zone }} 60 IN SOA ns.example. hostmaster.example. 1 7200 3600 1209600 60"
    }`;

const plugins: Readonly<Record<UpstreamBehaviour, string>> = {
  answer: `    template IN A . {
        answer "{{ .Name }} 5 IN A ${answeredAddresses.A}"
    }
    template IN AAAA . {
        answer "{{ .Name }} 5 IN AAAA ${answeredAddresses.AAAA}"
    }
${template('NOERROR')}`,
  silent: '    erratic {\n        drop 1\n    }',
  nxdomain: `    template IN NS . {
        match ^[.]$
        answer ". 60 IN NS ns.example."
        fallthrough
    }
${template('NXDOMAIN')}`,
  servfail: '    template IN ANY . {\n        rcode SERVFAIL\n    }',
  refused: '    template IN ANY . {\n        rcode REFUSED\n    }',
};

/** The Corefile of a server that behaves so. */
export const upstreamCorefile = (upstream: Upstream): string =>
  Object.entries(upstream.zones)
    .map(([zone, behaviour]) => `${zone}:53 {\n    bind ${upstream.address}\n    log\n${plugins[behaviour]}\n}\n`)
    .join('\n');

const processName = (name: string): string => `upstream-${name}`;

/** Starts a DNS server (CoreDNS, UDP and TCP, port 53) outside the cluster, reachable from nodes and pods. */
export async function startUpstream(upstream: Upstream): Promise<void> {
  const folder = join(runDir, 'upstreams');
  await mkdir(folder, { recursive: true });
  const path = join(folder, `${upstream.name}.Corefile`);
  await writeFile(path, upstreamCorefile(upstream));
  await ensureProcess({
    name: processName(upstream.name),
    namespace: upstreamNamespace,
    program: corednsBinary,
    args: ['-conf', path, '-quiet'],
    env: { GOMAXPROCS: '1' },
  });
}

export const stopUpstream = (name: string): Promise<void> => stopProcess(processName(name));
export const upstreamRuns = async (name: string): Promise<boolean> => (await pidOf(processName(name))) !== undefined;

/** The nodes' own resolver. */
export const startHealthyUpstream = (): Promise<void> =>
  startUpstream({
    name: 'healthy',
    address: network.healthyUpstream,
    zones: outsideNames,
  });
