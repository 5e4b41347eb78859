import { labImages } from '../cluster/lab/images.ts';
import { isLab } from '../cluster/lab/labClient.ts';

/** Settings with an image that the cluster under test has or can pull; $DNSCOPE_TEST_CAPTURE_IMAGE names another. */
export function captureImage(): Readonly<Record<string, string>> {
  const image = process.env['DNSCOPE_TEST_CAPTURE_IMAGE'] ?? (isLab() ? labImages.netshoot : undefined);
  return image === undefined ? {} : { 'dnscope.captureImage': image };
}
