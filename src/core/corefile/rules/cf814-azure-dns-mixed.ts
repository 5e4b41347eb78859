import { type Rule, liveBlocks } from './rule.ts';

/** Address at which Azure answers DNS in every virtual network. */
const AZURE_DNS = '168.63.129.16';

/** Azure DNS beside other servers in one forward: private zones are answered only when chance picks Azure. */
export const azureDnsMixed: Rule = {
  code: 'CF814',
  title: 'Azure DNS is mixed with other servers',
  *check(context) {
    for (const block of liveBlocks(context)) {
      for (const { to, policy } of block.forwards) {
        const azure = to.find(({ target }) => 'address' in target && target.address === AZURE_DNS);
        if (azure === undefined || to.every(({ target }) => 'address' in target && target.address === AZURE_DNS))
          continue;
        const choice =
          policy === 'sequential' ? 'the first that is up gets each query' : 'each query goes to a random one';
        yield {
          severity: 'warning',
          message: `${AZURE_DNS} alone knows Azure's private zones, but here ${choice} of ${to.length} servers, and NXDOMAIN is final. Give those zones a server block of their own`,
          at: azure.token,
        };
      }
    }
  },
};
