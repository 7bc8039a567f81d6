/** What the rules on tests take for a test, an assertion, and a person's request to change tests. */
export const TEST_PATH =
  /(?:^|\/)(?:tests?|__tests__|specs?)\/|(?:^|\/)test_[^/]*\.\w+$|_tests?\.\w+$|\.(?:test|spec)\.\w+$|(?:^|\/)test_cases\.json$/;

export const ABOUT_TESTS = [
  /\b(?:updat|fix|edit|chang|modif|rewrit|refactor|writ|add|improv|extend|creat|migrat|adapt|adjust|complet|cover)/i,
  /\btest/i,
] as const;

export const ASSERTION =
  /^\s*(?:assert\b|self\.assert|expect\(|assert_eq!|assert_ne!|require\.|t\.Error|t\.Fatal|with pytest\.raises)/;
