import { h } from 'preact';

export const planted = h;
