export * from '../core/target.ts';
