import { DEFAULT_COREDNS_VERSION } from '../core/corefile/pluginCatalogue.ts';

export const LINT_USAGE = 'dnscope lint FILE… [--json | --sarif] [--coredns VERSION] [--fail-on SEVERITY]';

/** What `dnscope lint --help` prints: enough to use it without another page. */
export const LINT_HELP = `${LINT_USAGE}

Checks Corefiles as CoreDNS would read them, without starting it and without a cluster.

FILE is one or more of
  a Corefile, *.server or *.override, with the files it imports from disk
  YAML or JSON that holds some: ConfigMaps, lists of them, values files, and kustomizations
    with the files they name and their inline patches; coredns and coredns-custom given
    together are judged together, those of overlays folder by folder;
    of a Helm chart, give what helm template prints
  - for standard input

  --coredns VERSION    judge by this release, such as 1.11.3; without it by ${DEFAULT_COREDNS_VERSION}
                       (newer ones are judged as that one, with a line that says so)
  --fail-on SEVERITY   exit with 1 from this severity on; without it on errors alone
  --json               one list of problems, with places, fixes and other places they speak of
  --sarif              a SARIF 2.1.0 log, which code-scanning services read

Severities
  error     CoreDNS of that release refuses to start with this file
  warning   it starts, and does something else than the text suggests
  info      worth knowing: it may be meant so
  hint      a matter of form

To switch a rule off, say why in the line above, or once for the whole file with ignore-file:
  # dnscope: ignore CF604 -- pods are restarted by our pipeline
Errors can't be switched off. The pages of the rules are in docs/rules of this package.

Examples
  dnscope lint Corefile
  dnscope lint deploy/coredns/*.yaml --coredns 1.11.3 --fail-on warning
  kubectl get configmap coredns coredns-custom -n kube-system -o yaml --ignore-not-found | dnscope lint -
  helm template charts/dns | dnscope lint - --sarif > corefile.sarif

Exit status: 0 nothing at or above that severity, 1 something, 2 bad use or unreadable input
`;
