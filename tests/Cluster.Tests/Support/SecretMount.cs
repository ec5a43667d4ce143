using System.Security.Cryptography.X509Certificates;
using MMOrleans.Grains.Interfaces.Security;

namespace MMOrleans.Cluster.Tests.Support;

/// <summary>Certificates as a kubelet mounts a secret: files are links through <c>..data</c>, and a renewal swaps that link at once.</summary>
internal sealed class SecretMount
{
    private readonly string _folder;
    private int _version;

    public SecretMount(string folder, TestAuthority authority, X509Certificate2 certificate)
    {
        _folder = folder;
        Directory.CreateDirectory(folder);
        Files = TestAuthority.FilesIn(folder);
        Renew(authority, certificate);
        foreach (var file in (string[])[Files.Certificate, Files.Key, Files.Authority])
            File.CreateSymbolicLink(file, Path.Combine("..data", Path.GetFileName(file)));
    }

    public TlsFiles Files { get; }

    /// <summary>Puts another certificate in the place of the one before.</summary>
    public void Renew(TestAuthority authority, X509Certificate2 certificate)
    {
        var name = $"..{++_version}";
        authority.Write(Path.Combine(_folder, name), certificate);
        var (link, swapped) = (Path.Combine(_folder, "..data"), Path.Combine(_folder, "..data_tmp"));
        Directory.CreateSymbolicLink(swapped, name);
        if (rename(swapped, link) != 0)
            throw new IOException($"{link} could not be swapped");
    }

    // Atomic, as a kubelet does it; the framework's move does not replace a link to a directory.
    [System.Runtime.InteropServices.DllImport("libc", SetLastError = true)]
    [System.Runtime.InteropServices.DefaultDllImportSearchPaths(
        System.Runtime.InteropServices.DllImportSearchPath.SafeDirectories
    )]
#pragma warning disable IDE1006, CA2101 // The C library's own name; paths of the test are ASCII.
    private static extern int rename(string from, string to);
#pragma warning restore IDE1006, CA2101
}
