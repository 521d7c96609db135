/* Times the 2D real transform of FFTW, single precision, out of place (FFTW is faster out of place).
   Arguments: width, height, rounds. Prints the milliseconds of each forward and inverse transform. */
#include <fftw3.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static double now_ms(void) {
  struct timespec t;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
  return t.tv_sec * 1e3 + t.tv_nsec / 1e6;
}

int main(int argc, char **argv) {
  if (argc != 4) return 2;
  const int width = atoi(argv[1]), height = atoi(argv[2]), rounds = atoi(argv[3]);
  const size_t row = 2 * (size_t)(width / 2 + 1);
  float *image = fftwf_malloc(row * height * sizeof(float));
  fftwf_complex *spectrum = fftwf_malloc(row * height * sizeof(float));
  fftwf_plan forward = fftwf_plan_dft_r2c_2d(height, width, image, spectrum, FFTW_MEASURE);
  fftwf_plan inverse = fftwf_plan_dft_c2r_2d(height, width, spectrum, image, FFTW_MEASURE);
  for (int i = 0; i < rounds; i++) {
    for (size_t k = 0; k < row * height; k++) image[k] = (float)(k % 17) - 8;
    const double t0 = now_ms();
    fftwf_execute(forward);
    const double t1 = now_ms();
    fftwf_execute(inverse);
    printf("%.4f %.4f\n", t1 - t0, now_ms() - t1);
  }
  return 0;
}
