/* The sweep by hand, compiled with -march=native and COLUMNS known: acc = W' (middle o (W z)).
 *
 * fused: a row is gathered, scaled and scattered back at once. pair: two products, the second with the transpose.
 * Reads raw arrays from a folder; answers lines: `fused` and `pair` with milliseconds, `answer FILE` writes acc of the last. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec * 1e3 + t.tv_nsec / 1e6;
}

static void *fresh(size_t bytes) {
  void *at = aligned_alloc(64, (bytes + 64) / 64 * 64);
  if (!at) exit(2);
  memset(at, 0, bytes);
  return at;
}

static void *load(const char *folder, const char *name, size_t *count) {
  char path[4096];
  snprintf(path, sizeof path, "%s/%s", folder, name);
  FILE *file = fopen(path, "rb");
  if (!file) exit(3);
  fseek(file, 0, SEEK_END);
  size_t bytes = ftell(file);
  rewind(file);
  void *at = fresh(bytes);
  if (fread(at, 1, bytes, file) != bytes) exit(4);
  fclose(file);
  *count = bytes / 4;
  return at;
}

__attribute__((noinline)) static void fused(size_t rows, const uint32_t *indptr, const uint32_t *indices, const float *middle,
                                            const float *restrict z, float *restrict acc) {
  for (size_t row = 0; row < rows; row++) {
    float sum[COLUMNS] = {0};
    for (uint32_t edge = indptr[row]; edge < indptr[row + 1]; edge++) {
      const float *from = z + (size_t)indices[edge] * COLUMNS;
      for (int c = 0; c < COLUMNS; c++) sum[c] += from[c];
    }
    for (int c = 0; c < COLUMNS; c++) sum[c] *= middle[row];
    for (uint32_t edge = indptr[row]; edge < indptr[row + 1]; edge++) {
      float *to = acc + (size_t)indices[edge] * COLUMNS;
      for (int c = 0; c < COLUMNS; c++) to[c] += sum[c];
    }
  }
}

__attribute__((noinline)) static void gather(size_t rows, const uint32_t *indptr, const uint32_t *indices, const float *scale,
                                             const float *restrict z, float *restrict out) {
  for (size_t row = 0; row < rows; row++) {
    float sum[COLUMNS] = {0};
    for (uint32_t edge = indptr[row]; edge < indptr[row + 1]; edge++) {
      const float *from = z + (size_t)indices[edge] * COLUMNS;
      for (int c = 0; c < COLUMNS; c++) sum[c] += from[c];
    }
    for (int c = 0; c < COLUMNS; c++) out[row * COLUMNS + c] = sum[c] * scale[row];
  }
}

int main(int argc, char **argv) {
  if (argc != 3) return 1;
  size_t rows, nnz, items;
  uint32_t *indptr = load(argv[1], "indptr", &rows), *indices = load(argv[1], "indices", &nnz);
  float *middle = load(argv[1], "middle", &items);
  float *z = load(argv[1], argv[2], &items);
  rows -= 1;
  items /= COLUMNS;
  float *acc = fresh(items * COLUMNS * 4), *x = fresh(rows * COLUMNS * 4), *one = fresh(items * 4);
  uint32_t *turned = fresh((items + 1) * 4), *cursor = fresh((items + 1) * 4), *users = fresh(nnz * 4);
  for (size_t edge = 0; edge < nnz; edge++) turned[indices[edge] + 1]++;
  for (size_t item = 0; item < items; item++) {
    turned[item + 1] += turned[item];
    one[item] = 1;
  }
  memcpy(cursor, turned, items * 4);
  for (size_t row = 0; row < rows; row++)
    for (uint32_t edge = indptr[row]; edge < indptr[row + 1]; edge++) users[cursor[indices[edge]]++] = row;
  char line[4096];
  while (fgets(line, sizeof line, stdin)) {
    line[strcspn(line, "\n")] = 0;
    double began = now();
    if (!strcmp(line, "fused")) {
      memset(acc, 0, items * COLUMNS * 4);
      fused(rows, indptr, indices, middle, z, acc);
      printf("%.6f\n", now() - began);
    } else if (!strcmp(line, "pair")) {
      gather(rows, indptr, indices, middle, z, x);
      gather(items, turned, users, one, x, acc);
      printf("%.6f\n", now() - began);
    } else if (!strncmp(line, "answer ", 7)) {
      FILE *file = fopen(line + 7, "wb");
      fwrite(acc, 4, items * COLUMNS, file);
      fclose(file);
      printf("written\n");
    } else {
      printf("error unknown: %s\n", line);
    }
    fflush(stdout);
  }
  return 0;
}
