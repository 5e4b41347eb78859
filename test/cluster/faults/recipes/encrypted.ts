import type { Recipe } from '../recipe.ts';
import { secondUpstream, tlsServer } from '../servers.ts';
import { overTls } from '../traffic.ts';

export const recipe: Recipe = {
  about: 'A pod asks a server outside over TLS: no fault, but nothing of it can be read.',
  expected: ['info encrypted-dns client encrypted'],
  apply: async (lab) => {
    await lab.server(
      'tls',
      tlsServer(secondUpstream, 'template IN A . {\n answer "{{ .Name }} 5 IN A 203.0.113.10"\n }'),
    );
    await lab.coredns();
  },
  traffic: overTls,
};
