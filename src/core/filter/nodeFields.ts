import { PACKET_TYPES } from '../trace/packetType.ts';

/** What is known of a message below DNS, by the names of Inspektor Gadget: rows of the catalogue in `fields.ts`. */
export const NODE_FIELDS = [
  [
    'netns_id netns',
    'transaction',
    'number',
    'netns',
    'network namespace in which it was seen, where the source tells its number',
    'netns_id==4026532220',
  ],
  [
    'pkt_type',
    'message',
    'choice',
    'packetType',
    'OUTGOING left the network namespace, HOST came to it, OTHERHOST passed by',
    'pkt_type==OUTGOING',
    { choices: PACKET_TYPES },
  ],
  ['proc.pid pid', 'message', 'number', 'pid', 'process behind the packet, where the source tells', 'proc.pid==4711'],
  ['proc.tid tid', 'message', 'number', 'tid', 'its thread', 'proc.tid==4712'],
  ['proc.comm comm', 'message', 'text', 'command', 'command of the process behind the packet', 'proc.comm==curl'],
  ['exepath', 'message', 'text', 'path', 'path of its program', 'exepath:/usr/bin/'],
  ['proc.creds.uid uid', 'message', 'number', 'uid', 'user id of the process behind the packet', 'proc.creds.uid!=0'],
] as const;
