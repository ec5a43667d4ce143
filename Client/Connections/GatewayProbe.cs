using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using MMOrleans.Grains.Interfaces.Security;

namespace MMOrleans.Client.Connections;

/// <summary>Finds out why a gateway that listens does not let <c>mm</c> in: certificates that are missing, foreign or refused.</summary>
internal static class GatewayProbe
{
    // A gateway that accepted the certificate waits for a message; one that did not hangs up at once.
    private static readonly TimeSpan Verdict = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(8);

    /// <summary>Asks one gateway.</summary>
    /// <param name="host">Its host.</param>
    /// <param name="port">Its port.</param>
    /// <param name="identity">What <c>mm</c> would show; null for nothing.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>MM3003 with the reason; null when certificates are not what keeps it from answering.</returns>
    public static async Task<FaultException?> AskAsync(
        string host,
        int port,
        TlsIdentity? identity,
        CancellationToken cancellationToken
    )
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(Patience);
        using var socket = new TcpClient();
        try
        {
            await socket.ConnectAsync(host, port, limit.Token);
            return await ShakeAsync(socket.GetStream(), $"{host}:{port}", identity, limit.Token);
        }
        catch (Exception fault) when (fault is SocketException or OperationCanceledException)
        {
            return null;
        }
    }

    private static async Task<FaultException?> ShakeAsync(
        Stream connection,
        string address,
        TlsIdentity? identity,
        CancellationToken cancellationToken
    )
    {
        var (wasShown, whyNot) = (false, (string?)null);
        await using var tls = new SslStream(connection, leaveInnerStreamOpen: false);
        try
        {
            await tls.AuthenticateAsClientAsync(
                new()
                {
                    TargetHost = TlsTrust.SiloName,
                    ClientCertificates = identity is null ? null : [identity.Certificate],
                    RemoteCertificateValidationCallback = (_, certificate, _, _) =>
                    {
                        wasShown = true;
                        // Whom nobody could judge is shown nothing either: that it speaks TLS at all is the answer.
                        whyNot = identity?.WhyNotServer(certificate as X509Certificate2);
                        return identity is not null && whyNot is null;
                    },
                },
                cancellationToken
            );
            using var verdict = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            verdict.CancelAfter(Verdict);
            return await tls.ReadAsync(new byte[1], verdict.Token) == 0 ? Refused(address, identity!) : null;
        }
        catch (OperationCanceledException)
        {
            return null;
        }
        catch (Exception fault) when (fault is AuthenticationException or IOException)
        {
            if (identity is null)
                return wasShown ? Wanted(address) : null;
            if (whyNot is not null)
                return new(
                    "MM3003",
                    $"what answers at {address} is not trusted: {whyNot}",
                    "name the authority of that cluster in MM_TLS_CA; if it is the right one, another server answers there"
                );
            return wasShown
                ? Refused(address, identity)
                : new(
                    "MM3003",
                    $"what answers at {address} does not speak TLS, and MM_TLS_CERT asks for it: nothing was sent",
                    "start its silos with --tls-cert, --tls-key and --tls-ca, or unset MM_TLS_CERT, MM_TLS_KEY and MM_TLS_CA for a cluster without certificates"
                );
        }
    }

    private static FaultException Wanted(string address) =>
        new(
            "MM3003",
            $"the cluster at {address} requires a client certificate, and mm has none",
            "MM_TLS_CERT, MM_TLS_KEY and MM_TLS_CA name the files of one; the cluster's operator issues it"
        );

    private static FaultException Refused(string address, TlsIdentity identity) =>
        new(
            "MM3003",
            $"the cluster at {address} refused the certificate {identity.Certificate.Subject}: its authority did not issue it for clients, or its clock says that it is not valid",
            "have the cluster's authority issue one for clients; a silo's log says what it did not like"
        );
}
