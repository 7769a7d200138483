// Findings that are not ours to mend, each with the reason.  A row that fits nothing any more is to be taken out.
export const accepted = {
  testssl: [
    { id: 'cert_revocation', when: /Neither CRL nor OCSP URI/, reason: 'the certificate of the scan is signed by an authority in its own folder, which keeps no list' },
    { id: 'DNS_CAArecord', when: /--/, reason: 'the scan speaks to 127.0.0.1, which has no name and so no CAA record' },
    { id: 'engine_problem', when: /GOST/, reason: "about the scanner's own openssl, not about the server" },
    { id: 'secure_client_renego', when: /DoS threat/, reason: "we close the connection at the first wish for it, and testssl.sh takes a clean close that comes between its lines for consent; "
      + "tls.test.mjs holds that no second handshake is made" },
  ],
  wapiti: [
    { id: 'Htaccess Bypass', when: /^ABC /, reason: 'a method that does not exist is answered with 501 before it is asked who is there, which wapiti takes for a way in; the test looks at the answer itself' },
    { id: 'HTTP Secure Headers', when: /X-XSS-Protection is not set/, reason: 'browsers have taken out the filter that it steers, because the filter itself was a hole; our policy allows no inline script' },
  ],
  slowhttptest: [],
};
