throw new Error('before any test was declared');
