export { target } from '../trace/target.ts';
