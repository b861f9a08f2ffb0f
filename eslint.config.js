import js from '@eslint/js'
import { defineConfig, globalIgnores } from 'eslint/config'
import tseslint from 'typescript-eslint'

export default defineConfig(
  globalIgnores([
    'dist/',
    'coverage/',
    '.snippets/',
    '.test-dist/',
    '.cluster/',
    // AssemblyScript looks like TypeScript and is not: asc is its checker.
    'src/kernel/wasm/assembly/',
    'src/kernel/wasm/*.generated.ts',
  ]),
  js.configs.recommended,
  {
    // A loop's first value that no branch reads is still the clearest way to give it a type.
    rules: {
      eqeqeq: 'error',
      'no-useless-assignment': 'off',
      'prefer-const': 'error',
      'no-var': 'error',
      'object-shorthand': 'error',
    },
  },
  {
    files: ['**/*.{ts,cts}'],
    extends: [tseslint.configs.recommended],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      // The compiler knows which names exist.
      'no-undef': 'off',
      '@typescript-eslint/no-explicit-any': 'error',
      // Options are declared in a spec, and get a name of their own.
      '@typescript-eslint/no-empty-object-type': ['error', { allowInterfaces: 'always' }],
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'separate-type-imports' }],
      '@typescript-eslint/consistent-type-definitions': ['error', 'interface'],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': 'error',
      '@typescript-eslint/await-thenable': 'error',
      '@typescript-eslint/only-throw-error': 'error',
      '@typescript-eslint/prefer-promise-reject-errors': 'error',
      '@typescript-eslint/no-for-in-array': 'error',
      '@typescript-eslint/no-unnecessary-type-assertion': 'error',
      '@typescript-eslint/return-await': ['error', 'error-handling-correctness-only'],
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
    },
  },
  {
    files: ['src/**/*.{ts,cts}'],
    rules: {
      'no-console': 'error',
      'max-lines': ['error', 400],
      'max-lines-per-function': ['error', { max: 80, skipBlankLines: true, skipComments: true }],
      'max-depth': ['error', 5],
      'max-params': ['error', 10],
      complexity: ['error', 20],
    },
  },
  {
    files: ['src/**/*.{ts,cts}'],
    rules: {
      'no-restricted-syntax': [
        'error',
        {
          // Lists of constants are short; `given` are the parameters of a wrapper, passed on.
          selector:
            ':matches(CallExpression, NewExpression) > SpreadElement.arguments:not([argument.name=/^([A-Z][A-Z_]*|given)$/])',
          message: 'A call with more than about 120,000 arguments is a RangeError: loop, reduce or set instead.',
        },
        {
          selector: "CallExpression[callee.property.name='apply'][callee.object.type='MemberExpression']",
          message: 'Arguments of apply() are as limited as a spread: loop, reduce or set instead.',
        },
      ],
    },
  },
  {
    // What is printed here is the product.
    files: ['src/cli/**/*.ts', 'src/kernel/wasm/build.ts'],
    rules: { 'no-console': 'off' },
  },
  {
    files: ['test/**/*.ts'],
    rules: {
      // A test may say that it waits for nothing.
      '@typescript-eslint/no-floating-promises': ['error', { allowForKnownSafeCalls: ['describe', 'it', 'test'] }],
    },
  },
)
