namespace MMOrleans.Grains.Interfaces.Security;

/// <summary>The three PEM files that a process proves itself with and judges others by, as a Kubernetes secret mounts them.</summary>
/// <param name="Certificate">Its own certificate, such as <c>tls.crt</c>.</param>
/// <param name="Key">The key of that certificate, such as <c>tls.key</c>.</param>
/// <param name="Authority">Certificates of the cluster's authority, such as <c>ca.crt</c>; several while one replaces another.</param>
public sealed record TlsFiles(string Certificate, string Key, string Authority);
