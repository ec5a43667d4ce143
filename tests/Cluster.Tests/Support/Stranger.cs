using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;

namespace MMOrleans.Cluster.Tests.Support;

/// <summary>Somebody who tries a silo's port with whatever certificate, and trusts anybody.</summary>
internal static class Stranger
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    /// <summary>Shakes hands and listens: a silo that lets somebody in at its silo port introduces itself.</summary>
    /// <returns>Whether a byte came after the handshake, and the certificate that the port showed; null for none.</returns>
    public static async Task<(bool IsLetIn, X509Certificate2? Shown)> KnockAsync(
        int port,
        X509Certificate2? certificate
    )
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(
            TestContext.Current.CancellationToken
        );
        limit.CancelAfter(Patience);
        using var socket = new TcpClient();
        await socket.ConnectAsync(IPAddress.Loopback, port, limit.Token);
        X509Certificate2? shown = null;
        await using var tls = new SslStream(socket.GetStream());
#pragma warning disable CA5359 // A stranger trusts anybody: it is he who is to be refused.
        try
        {
#pragma warning disable CA5359 // a stranger trusts anybody: whom it is trusted by is the question
            await tls.AuthenticateAsClientAsync(
                new()
                {
                    TargetHost = "mm-silo",
                    // A context and not a list: of a list only what the other side asks for would be sent.
                    ClientCertificateContext = certificate is null
                        ? null
                        : SslStreamCertificateContext.Create(certificate, null, offline: true),
                    RemoteCertificateValidationCallback = (_, other, _, _) =>
                    {
                        shown = other is null
                            ? null
                            : X509CertificateLoader.LoadCertificate(other.GetRawCertData());
                        return true;
                    },
                },
                limit.Token
            );
#pragma warning restore CA5359
            return (await tls.ReadAsync(new byte[1], limit.Token) == 1, shown);
        }
        catch (Exception refused) when (refused is AuthenticationException or IOException)
        {
            return (false, shown);
        }
    }

    /// <summary>Says something without TLS.</summary>
    /// <returns>How many bytes came back before the port hung up, the alert of a refused handshake among them.</returns>
    public static async Task<byte[]> ShoutAsync(int port)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(
            TestContext.Current.CancellationToken
        );
        limit.CancelAfter(Patience);
        using var socket = new TcpClient();
        await socket.ConnectAsync(IPAddress.Loopback, port, limit.Token);
        var answer = new MemoryStream();
        try
        {
            // The beginning of what a silo without TLS would say: a length and a greeting.
            await socket.GetStream().WriteAsync(new byte[] { 64, 0, 0, 0, 1, 2, 3, 4 }, limit.Token);
            await socket.GetStream().CopyToAsync(answer, limit.Token);
        }
        catch (IOException)
        {
            // Reset: a refusal as well.
        }

        return answer.ToArray();
    }
}
